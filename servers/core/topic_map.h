#pragma once
// A hash map from topic names that is searched without making a std::string.

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace threadmill::servers {

struct TopicHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view topic) const { return std::hash<std::string_view>{}(topic); }
};

template <typename Value>
using TopicMap = std::unordered_map<std::string, Value, TopicHash, std::equal_to<>>;

}  // namespace threadmill::servers
