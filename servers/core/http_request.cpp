// The only file of the servers that includes Boost.Beast, which takes long to compile.

#include "servers/core/http_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

namespace threadmill::servers {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kHeaderEnd = "\r\n\r\n";

template <typename View>
std::string text_of(const View& view) {
  return std::string(view.data(), view.size());
}

/// Whether the first line, once it is there, can be one of HTTP/1: a client that speaks something else is
/// told at once.
bool may_be_http(std::string_view header) {
  const auto line_end = header.find("\r\n");
  return line_end == std::string_view::npos ||
         header.substr(0, line_end).find(" HTTP/1.") != std::string_view::npos;
}

}  // namespace

struct HttpRequestReader::Parser {
  http::request_parser<http::string_body> beast;
};

HttpRequestReader::HttpRequestReader(const HttpLimits& limits) : limits_(limits) {}
HttpRequestReader::~HttpRequestReader() = default;

HttpRequestReader::Status HttpRequestReader::take(std::string_view& input) {
  if (parser_ == nullptr) {
    const Status status = take_header(input);
    if (parser_ == nullptr) return status;
  }
  return take_body(input);
}

HttpRequestReader::Status HttpRequestReader::take_header(std::string_view& input) {
  const std::size_t before = header_.size();
  // One byte more than the limit is enough to know that it was passed.
  const auto part = input.substr(0, limits_.header_bytes + 1 - std::min(before, limits_.header_bytes));
  header_.append(part);
  const auto end = header_.find(kHeaderEnd, before < kHeaderEnd.size() ? 0 : before - kHeaderEnd.size());
  if (end != std::string::npos) header_.resize(end + kHeaderEnd.size());
  input.remove_prefix(header_.size() - before);
  if (!may_be_http(header_)) return refuse(400, "the first line is not one of HTTP/1.1");
  if (header_.size() > limits_.header_bytes) {
    return refuse(431, fmt::format("the header is longer than the limit of {} bytes", limits_.header_bytes));
  }
  return end == std::string::npos ? Status::incomplete : parse_header();
}

HttpRequestReader::Status HttpRequestReader::parse_header() {
  auto parser = std::make_unique<Parser>();
  auto& beast = parser->beast;
  beast.header_limit(static_cast<std::uint32_t>(limits_.header_bytes + 1));
  beast.body_limit(limits_.body_bytes);
  boost::system::error_code error;
  beast.put({header_.data(), header_.size()}, error);
  if (error == http::error::body_limit) {
    return refuse(413, fmt::format("the body is longer than the limit of {} bytes", limits_.body_bytes));
  }
  if (error || !beast.is_header_done()) {
    return refuse(400,
                  fmt::format("the header is malformed: {}", error ? error.message() : "it does not end"));
  }
  const auto& message = beast.get();
  // Whatever its codings: two readers that disagree on where a body ends could be told two different
  // requests.
  if (message.count(http::field::transfer_encoding) > 0) return refuse(411, "a body needs a Content-Length");
  if (message.count(http::field::host) > 1 ||
      (message.count(http::field::host) == 0 && message.version() == 11)) {
    return refuse(400, "a request of HTTP/1.1 has one Host");
  }
  const auto expectation = text_of(message[http::field::expect]);
  wants_continue_ = !beast.is_done() && expectation == "100-continue";
  parser_ = std::move(parser);
  return Status::incomplete;
}

HttpRequestReader::Status HttpRequestReader::take_body(std::string_view& input) {
  auto& beast = parser_->beast;
  while (!input.empty() && !beast.is_done()) {
    boost::system::error_code error;
    input.remove_prefix(beast.put({input.data(), input.size()}, error));
    if (error && error != http::error::need_more) {
      return refuse(400, fmt::format("the body is malformed: {}", error.message()));
    }
  }
  return beast.is_done() ? Status::complete : Status::incomplete;
}

HttpRequest HttpRequestReader::request() {
  auto& beast = parser_->beast;
  auto& message = beast.get();
  HttpRequest request{.method = text_of(message.method_string()),
                      .target = text_of(message.target()),
                      .host = text_of(message[http::field::host]),
                      .origin = text_of(message[http::field::origin]),
                      .from_foreign_page = text_of(message["Sec-Fetch-Site"]) == "cross-site" &&
                                           text_of(message["Sec-Fetch-Mode"]) != "navigate",
                      .content_type = text_of(message[http::field::content_type]),
                      .last_event_id = text_of(message["Last-Event-ID"]),
                      .body = std::move(message.body()),
                      .keep_alive = beast.keep_alive()};
  parser_.reset();
  header_.clear();
  wants_continue_ = false;
  return request;
}

bool HttpRequestReader::wants_continue() { return std::exchange(wants_continue_, false); }

HttpRequestReader::Status HttpRequestReader::refuse(int status, std::string detail) {
  refusal_ = {status, std::move(detail)};
  return Status::refused;
}

}  // namespace threadmill::servers
