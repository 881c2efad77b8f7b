#pragma once
// What a request asks for: the target of RFC 9112, section 3.2, taken apart.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace threadmill::servers {

struct HttpTarget {
  std::vector<std::string> path;  ///< segments, decoded: "/topics/a%2Fb" is {"topics", "a/b"}, "/" is {}
  std::vector<std::pair<std::string, std::string>> query;  ///< names and values, decoded, in order

  /// The first value of that name.
  std::optional<std::string_view> first(std::string_view name) const;
  /// All values of that name.
  std::vector<std::string> all(std::string_view name) const;
};

/// Takes "/path?query" and "http://host/path?query". Nothing for any other form and for malformed
/// percent-encoding.
std::optional<HttpTarget> parse_target(std::string_view text);

}  // namespace threadmill::servers
