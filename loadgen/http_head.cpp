#include "loadgen/http_head.h"

#include <strings.h>

#include <charconv>

namespace threadmill::load {
namespace {

constexpr std::size_t kMostHeadBytes = 64 << 10;
constexpr std::string_view kBlankLine = "\r\n\r\n";
constexpr std::string_view kVersion = "HTTP/1.1 ";

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <typename Number>
bool read_whole(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

bool read_first_line(std::string_view line, HttpHead& head) {
  head.first_line = line;
  if (!line.starts_with(kVersion)) return false;
  const auto code = line.substr(kVersion.size(), 3);
  return code.size() == 3 && read_whole(code, head.code) && head.code >= 100;
}

bool read_field(std::string_view line, HttpHead& head) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const auto name = line.substr(0, colon);
  const auto value = trimmed(line.substr(colon + 1));
  if (same_name(name, "Content-Type")) head.content_type = value;
  if (same_name(name, "Transfer-Encoding")) {
    head.chunked = same_name(value, "chunked");
    return head.chunked;  // we have asked for no other
  }
  if (!same_name(name, "Content-Length")) return true;
  std::size_t length = 0;
  if (!read_whole(value, length)) return false;
  head.content_length = length;
  return true;
}

}  // namespace

HttpHead read_http_head(std::string_view bytes) {
  HttpHead head;
  const auto end = bytes.substr(0, kMostHeadBytes).find(kBlankLine);
  if (end == std::string_view::npos) {
    const bool other = bytes.substr(0, kVersion.size()) != kVersion.substr(0, bytes.size());
    if (other || bytes.size() >= kMostHeadBytes) head.status = HttpHead::Status::malformed;
    return head;
  }
  head.bytes = end + kBlankLine.size();
  head.status = HttpHead::Status::malformed;
  std::string_view rest = bytes.substr(0, end);
  bool first = true;
  while (first || !rest.empty()) {
    const auto line_end = rest.find("\r\n");
    const auto line = rest.substr(0, line_end);
    if (!(first ? read_first_line(line, head) : read_field(line, head))) return head;
    first = false;
    rest = line_end == std::string_view::npos ? std::string_view() : rest.substr(line_end + 2);
  }
  head.status = HttpHead::Status::whole;
  return head;
}

}  // namespace threadmill::load
