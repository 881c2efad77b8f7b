#pragma once
// Words of protocols, in which case does not matter.

#include <strings.h>

#include <string_view>

namespace threadmill::servers {

/// The same but for the case of ASCII letters.
inline bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace threadmill::servers
