#include "protocol/inline_words.h"

#include <cctype>

namespace threadmill::resp {
namespace {

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char unescape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

/// Reads what follows a backslash inside double quotes; `at` is on the backslash and moves past the escape.
char read_escape(std::string_view line, std::size_t& at) {
  if (at + 3 < line.size() && line[at + 1] == 'x') {
    const int high = hex_digit(line[at + 2]);
    const int low = hex_digit(line[at + 3]);
    if (high >= 0 && low >= 0) {
      at += 4;
      return static_cast<char>(high * 16 + low);
    }
  }
  const char c = unescape(line[at + 1]);
  at += 2;
  return c;
}

/// Reads a quoted stretch; `at` is just behind the opening quote and ends just behind the closing one.
bool read_quoted(std::string_view line, std::size_t& at, char quote, std::string& word) {
  while (at < line.size()) {
    const bool has_next = at + 1 < line.size();
    if (line[at] == '\\' && quote == '"' && has_next) {
      word.push_back(read_escape(line, at));
    } else if (line[at] == '\\' && quote == '\'' && has_next && line[at + 1] == '\'') {
      word.push_back('\'');
      at += 2;
    } else if (line[at] == quote) {
      ++at;
      return at == line.size() || is_space(line[at]);
    } else {
      word.push_back(line[at++]);
    }
  }
  return false;
}

}  // namespace

bool split_inline_words(std::string_view line, std::vector<std::string>& words) {
  words.clear();
  std::size_t at = 0;
  while (true) {
    while (at < line.size() && is_space(line[at])) ++at;
    if (at == line.size()) return true;
    std::string word;
    while (at < line.size() && !is_space(line[at])) {
      const char c = line[at++];
      if (c != '"' && c != '\'') {
        word.push_back(c);
      } else if (!read_quoted(line, at, c, word)) {
        return false;
      }
    }
    words.push_back(std::move(word));
  }
}

}  // namespace threadmill::resp
