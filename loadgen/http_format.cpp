// The only file that includes Boost.Beast, which takes long to compile.

#include <fmt/format.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "loadgen/reply_format.h"

namespace threadmill::load {
namespace {

namespace http = boost::beast::http;
using Status = ParsedReply::Status;

constexpr std::uint32_t kMostHeaderBytes = 64 << 10;
constexpr std::uint64_t kMostBodyBytes = 16 << 20;
constexpr std::size_t kMostStatusLineBytes = 200;

/// RFC 9110, section 7.2; an IPv6 address stands in brackets.
std::string host_of(const Target& target) {
  const bool ipv6 = target.address.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(ipv6 ? "[{}]:{}" : "{}:{}"), target.address, target.port);
}

ParsedReply malformed(std::string_view bytes, const std::string& what) {
  return {.status = Status::malformed,
          .bytes = bytes.size(),
          .reason = fmt::format("the server's HTTP response cannot be taken: {}", what)};
}

class HttpFormat final : public ReplyFormat {
 public:
  HttpFormat(const Target& target, const std::string& path)
      : path_(path), request_(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", path, host_of(target))) {}

  std::string request() const override { return request_; }

  ParsedReply parse(std::string_view bytes) override {
    auto& parser = parser_.emplace();
    parser.eager(true);
    parser.header_limit(kMostHeaderBytes);
    parser.body_limit(kMostBodyBytes);
    boost::system::error_code error;
    const std::size_t used = parser.put({bytes.data(), bytes.size()}, error);
    if (error == http::error::header_limit || error == http::error::body_limit) {
      return malformed(bytes, fmt::format("it has more than {} bytes of header or {} of body",
                                          kMostHeaderBytes, kMostBodyBytes));
    }
    if (error && error != http::error::need_more) return malformed(bytes, error.message());
    if (!parser.is_header_done()) return {};
    if (parser.need_eof()) return ends_with_connection(bytes);
    if (!parser.is_done()) return {.bytes = bytes.size() + parser.content_length_remaining().value_or(0)};
    ParsedReply reply{.status = Status::whole, .bytes = used, .last = !parser.keep_alive()};
    if (parser.get().result() == http::status::ok) {
      reply.content = parser.get().body();
    } else {
      reply.status = Status::refused;
      reply.reason = refusal(bytes);
    }
    return reply;
  }

 private:
  /// Without a length of its own, the response is over when the server closes the connection.
  ParsedReply ends_with_connection(std::string_view bytes) const {
    if (parser_->get().result() == http::status::ok) {
      return malformed(bytes,
                       "it has neither Content-Length nor chunks, so that only the end of its "
                       "connection ends it, and the connection is to be kept");
    }
    return {.status = Status::refused, .bytes = bytes.size(), .last = true, .reason = refusal(bytes)};
  }

  std::string refusal(std::string_view bytes) const {
    const auto status_line = bytes.substr(0, std::min(bytes.find("\r\n"), kMostStatusLineBytes));
    return fmt::format("the server answered GET {} with {}", path_, status_line);
  }

  std::string path_;
  std::string request_;
  std::optional<http::response_parser<http::string_body>> parser_;  // of the last parse(): it holds the body
};

}  // namespace

std::unique_ptr<ReplyFormat> http_format(const Target& target, const std::string& path) {
  return std::make_unique<HttpFormat>(target, path);
}

}  // namespace threadmill::load
