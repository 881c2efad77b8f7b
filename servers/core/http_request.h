#pragma once
// Requests of HTTP/1.1 (RFC 9112), read from bytes as they arrive.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace threadmill::servers {

struct HttpRequest {
  std::string method;  ///< as sent: "GET"
  std::string target;  ///< as sent: "/topics?x=1"
  std::string host;
  std::string origin;              ///< empty: none was sent
  bool from_foreign_page = false;  ///< a browser says so (Fetch Metadata), of what is no visit to our page
  std::string content_type;
  std::string last_event_id;
  std::string body;
  bool keep_alive = true;
};

struct HttpLimits {
  std::size_t header_bytes = 8 << 10;  ///< request line, fields and the empty line
  std::size_t body_bytes = 1 << 20;
};

/// Boost.Beast's parser behind a buffer that bounds the header, whose answers do not depend on how the bytes
/// were split. A body has to tell its length: chunked ones are refused (411), as RFC 9112, section 6.3
/// allows.
class HttpRequestReader {
 public:
  explicit HttpRequestReader(const HttpLimits& limits);
  ~HttpRequestReader();

  enum class Status {
    incomplete,  ///< all of the input was taken
    complete,    ///< request() has it; the input goes on behind it
    refused,     ///< refusal() says why; nothing more can be read
  };

  /// Takes from the front of `input` what belongs to the request that is being read.
  Status take(std::string_view& input);

  /// The request that take() completed, once.
  HttpRequest request();

  struct Refusal {
    int status = 400;  ///< of HTTP
    std::string detail;
  };
  const Refusal& refusal() const { return refusal_; }

  /// True once for a request that waits for "100 Continue" before it sends its body.
  bool wants_continue();

 private:
  struct Parser;
  Status take_header(std::string_view& input);
  Status take_body(std::string_view& input);
  Status parse_header();
  Status refuse(int status, std::string detail);

  const HttpLimits limits_;
  std::string header_;              ///< as far as it has arrived
  std::unique_ptr<Parser> parser_;  ///< of the request whose header is complete
  bool wants_continue_ = false;
  Refusal refusal_;
};

}  // namespace threadmill::servers
