#include "protocol/resp_encode.h"

#include <algorithm>
#include <charconv>

namespace threadmill::resp {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// Kind, sign and 19 digits.
constexpr std::size_t kLongestNumber = 21;

/// Writes at most kLongestNumber bytes and the line's end; returns where they end.
char* write_number_line(char* to, char kind, std::int64_t value) {
  *to = kind;
  char* const end = std::to_chars(to + 1, to + kLongestNumber, value).ptr;
  return std::copy(kLineEnd.begin(), kLineEnd.end(), end);
}

void append_number_line(std::string& out, char kind, std::int64_t value) {
  char text[kLongestNumber + kLineEnd.size()];
  out.append(text, write_number_line(text, kind, value));
}

}  // namespace

void append_simple(std::string& out, std::string_view text) {
  out.push_back('+');
  out.append(text);
  out.append(kLineEnd);
}

void append_error(std::string& out, std::string_view text) {
  out.push_back('-');
  for (const char c : text) out.push_back(c == '\r' || c == '\n' ? ' ' : c);
  out.append(kLineEnd);
}

void append_integer(std::string& out, std::int64_t value) { append_number_line(out, ':', value); }

void append_bulk(std::string& out, std::string_view bytes) {
  append_number_line(out, '$', static_cast<std::int64_t>(bytes.size()));
  out.append(bytes);
  out.append(kLineEnd);
}

void append_null_bulk(std::string& out) { out.append("$-1\r\n"); }

void append_array_header(std::string& out, std::size_t elements) {
  append_number_line(out, '*', static_cast<std::int64_t>(elements));
}

void append_command(std::string& out, std::initializer_list<std::string_view> words) {
  append_array_header(out, words.size());
  for (const auto word : words) append_bulk(out, word);
}

void append_message_push(std::string& out, std::string_view topic, std::string_view payload) {
  // The hottest line of a server that publishes: what stands between topic and payload is put together first,
  // so that there are few pieces to append.
  char between[2 * kLineEnd.size() + kLongestNumber];
  char* end = std::copy(kLineEnd.begin(), kLineEnd.end(), between);
  end = write_number_line(end, '$', static_cast<std::int64_t>(payload.size()));
  out.append("*3\r\n$7\r\nmessage\r\n");
  append_number_line(out, '$', static_cast<std::int64_t>(topic.size()));
  out.append(topic);
  out.append(between, end);
  out.append(payload);
  out.append(kLineEnd);
}

}  // namespace threadmill::resp
