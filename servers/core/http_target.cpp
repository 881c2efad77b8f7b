#include "servers/core/http_target.h"

#include <algorithm>

namespace threadmill::servers {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// `plus_is_space`: as HTML forms and URLSearchParams encode a query.
std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

/// Takes what stands before `separator`, or the rest, off `text`.
std::string_view take_before(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// From the absolute form, which clients of proxies send, to the usual one.
std::string_view without_authority(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) return text;
  text.remove_prefix(kScheme.size());
  const auto path = text.find('/');
  return path == std::string_view::npos ? std::string_view("/") : text.substr(path);
}

}  // namespace

std::optional<std::string_view> HttpTarget::first(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string> HttpTarget::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : query) {
    if (key == name) values.push_back(value);
  }
  return values;
}

std::optional<HttpTarget> parse_target(std::string_view text) {
  text = without_authority(text);
  if (!text.starts_with('/')) return std::nullopt;
  HttpTarget target;
  auto path = take_before(text, '?');
  path.remove_prefix(1);
  while (!path.empty()) {
    auto segment = decode(take_before(path, '/'), false);
    if (!segment) return std::nullopt;
    target.path.push_back(std::move(*segment));
  }
  while (!text.empty()) {
    auto pair = take_before(text, '&');
    auto name = decode(take_before(pair, '='), true);
    auto value = decode(pair, true);
    if (!name || !value) return std::nullopt;
    target.query.emplace_back(std::move(*name), std::move(*value));
  }
  return target;
}

}  // namespace threadmill::servers
