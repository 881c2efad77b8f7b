#pragma once
// Texts as librabbitmq has them. Only in builds with that library.

#include <amqp.h>

#include <string_view>

namespace threadmill::protocol {

/// What the library takes for a text; it does not write to it.
inline amqp_bytes_t bytes_of(std::string_view text) { return {text.size(), const_cast<char*>(text.data())}; }

/// A text that is not there may have any length.
inline std::string_view text_of(amqp_bytes_t bytes) {
  return {static_cast<const char*>(bytes.bytes), bytes.bytes == nullptr ? 0 : bytes.len};
}

}  // namespace threadmill::protocol
