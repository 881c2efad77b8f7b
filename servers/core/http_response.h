#pragma once
// Answers of HTTP/1.1 (RFC 9110, RFC 9112), written as bytes.

#include <string>
#include <string_view>

namespace threadmill::servers {

struct HttpResponse {
  int status = 200;
  std::string_view content_type;  ///< empty: no content
  std::string body;
  std::string fields;  ///< further header lines, each with its CRLF
};

/// "Not Found" of 404; empty for a status that this server does not send.
std::string_view reason_phrase(int status);

/// An error as JSON (RFC 9457): status, title and what to do about it.
HttpResponse problem(int status, std::string_view detail);

/// A line for HttpResponse::fields.
std::string field_line(std::string_view name, std::string_view value);

/// How an answer is sent.
struct HttpDelivery {
  bool close = false;      ///< the connection ends behind it
  bool head_only = false;  ///< to HEAD: the header says what GET would bring
};

void append_response(std::string& out, const HttpResponse& response, const HttpDelivery& delivery);

}  // namespace threadmill::servers
