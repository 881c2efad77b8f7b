#pragma once
// Models by what they offer, for help and for errors.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "servers/registry.h"

namespace threadmill::servers {

inline bool serves(const ModelTraits& traits, std::string_view service) {
  return std::ranges::find(traits.services, service) != traits.services.end();
}

/// The words in a sentence: "a", "a or b", "a, b or c".
inline std::string in_words(const std::vector<std::string_view>& words, std::string_view last = "or") {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
    text += words[i];
  }
  return text;
}

/// The names of the models with those traits, as the registry has them.
template <typename Wanted>
std::string models_that(Wanted wanted) {
  std::vector<std::string_view> names;
  for (const auto& model : models()) {
    if (wanted(model.traits)) names.push_back(model.traits.name);
  }
  return in_words(names);
}

}  // namespace threadmill::servers
