#include "servers/core/http_origin.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "servers/core/http_response.h"
#include "servers/core/words.h"

namespace threadmill::servers {
namespace {

bool is_ip_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  return ::inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

/// "name", "name:80" or "[::1]:80", without the port and the brackets.
std::string_view name_of_host(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, std::min(host.find(']'), host.size()) - 1);
  return host.substr(0, host.find(':'));
}

bool is_allowed(std::string_view origin, std::string_view cors_origin) {
  return !cors_origin.empty() && (cors_origin == "*" || same_word(origin, cors_origin));
}

}  // namespace

bool is_own_host(std::string_view host, std::string_view allowed_name) {
  if (host.empty()) return true;
  const auto name = name_of_host(host);
  return same_word(name, "localhost") || (!allowed_name.empty() && same_word(name, allowed_name)) ||
         is_ip_address(std::string(name));
}

bool is_welcome_origin(std::string_view origin, std::string_view host, std::string_view cors_origin) {
  constexpr std::string_view kScheme = "http://";
  if (origin.empty() || is_allowed(origin, cors_origin)) return true;
  return origin.starts_with(kScheme) && same_word(origin.substr(kScheme.size()), host);
}

std::string cors_fields(std::string_view origin, std::string_view cors_origin) {
  if (cors_origin.empty()) return {};
  std::string fields = "Vary: Origin\r\n";
  if (!origin.empty() && is_allowed(origin, cors_origin)) {
    fields += field_line("Access-Control-Allow-Origin", origin);
  }
  return fields;
}

bool is_origin(std::string_view text) {
  constexpr std::string_view kMark = "://";
  const auto mark = text.find(kMark);
  if (mark == std::string_view::npos || mark == 0) return false;
  const auto host = text.substr(mark + kMark.size());
  return !host.empty() && host.find_first_of("/?#@, \t") == std::string_view::npos;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.find_first_of(":/?#@, \t") == std::string_view::npos;
}

}  // namespace threadmill::servers
