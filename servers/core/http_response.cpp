#include "servers/core/http_response.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace threadmill::servers {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    case 507:
      return "Insufficient Storage";
    default:
      return {};
  }
}

HttpResponse problem(int status, std::string_view detail) {
  const nlohmann::ordered_json body = {
      {"title", std::string(reason_phrase(status))}, {"status", status}, {"detail", std::string(detail)}};
  HttpResponse response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

std::string field_line(std::string_view name, std::string_view value) {
  return fmt::format("{}: {}\r\n", name, value);
}

void append_response(std::string& out, const HttpResponse& response, const HttpDelivery& delivery) {
  out += fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  if (!response.content_type.empty()) {
    out += field_line("Content-Type", response.content_type);
    out += "X-Content-Type-Options: nosniff\r\n";
  }
  if (response.status != 204) out += fmt::format("Content-Length: {}\r\n", response.body.size());
  out += response.fields;
  if (delivery.close) out += "Connection: close\r\n";
  out += "\r\n";
  if (!delivery.head_only) out += response.body;
}

}  // namespace threadmill::servers
