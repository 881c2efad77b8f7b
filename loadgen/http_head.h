#pragma once
// The head of an HTTP/1.1 response (RFC 9112) as far as publishing and receiving over HTTP need it.

#include <cstddef>
#include <optional>
#include <string_view>

namespace threadmill::load {

struct HttpHead {
  enum class Status { incomplete, whole, malformed };
  Status status = Status::incomplete;
  std::size_t bytes = 0;  ///< with the blank line behind it
  int code = 0;           ///< 200
  std::string_view first_line{};
  std::string_view content_type{};
  std::optional<std::size_t> content_length{};
  bool chunked = false;
};

/// Reads the head at the start of `bytes`; views point into them. More than 64 KiB are malformed.
HttpHead read_http_head(std::string_view bytes);

}  // namespace threadmill::load
