#pragma once
// Patterns over topic names, as PUBSUB CHANNELS takes them.

#include <string_view>

namespace threadmill::servers {

/// Whether `text` matches `pattern`: * any bytes, ? one byte, [abc] [a-z] [^a] one of a set, \ takes the next
/// byte as it is. At most pattern length x text length steps, whatever the pattern.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace threadmill::servers
