#include "protocol/resp_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "protocol/inline_words.h"

namespace threadmill::resp {
namespace {

constexpr std::size_t kLongestNumberLine = 24;  // kind, sign, 19 digits, CR LF, and room to spare

CommandParse malformed(std::string why) {
  return {CommandParse::Status::malformed, 0, 0, "Protocol error: " + std::move(why)};
}

CommandParse incomplete(std::size_t needed) { return {CommandParse::Status::incomplete, 0, needed, {}}; }

CommandParse too_long(std::size_t limit) {
  return malformed(fmt::format("request longer than the limit of {} bytes", limit));
}

std::optional<long long> parse_integer(std::string_view text) {
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Walks over one array of bulk strings.
class ArrayReader {
 public:
  ArrayReader(std::string_view input, const CommandLimits& limits, std::vector<std::string_view>& words)
      : input_(input), limits_(limits), words_(words) {}

  CommandParse read() {
    long long count = 0;
    if (!read_number('*', "invalid multibulk length", count)) return result_;
    if (count > static_cast<long long>(limits_.words)) {
      return malformed(fmt::format("more words than the limit of {} a request", limits_.words));
    }
    for (long long i = 0; i < count; ++i) {
      if (!read_bulk()) return result_;
    }
    return {CommandParse::Status::complete, at_, 0, {}};
  }

 private:
  bool fail(CommandParse result) {
    result_ = std::move(result);
    return false;
  }

  bool read_number(char kind, const char* complaint, long long& value) {
    if (at_ >= input_.size()) return fail(incomplete(at_ + 1));
    if (input_[at_] != kind) {
      return fail(malformed(fmt::format("expected '{}', got '{}'", kind, printable(input_[at_]))));
    }
    if (read_short_number(value)) return true;
    // No further than a number goes, so that one that is too long is refused however its bytes arrive.
    const auto line = input_.substr(at_, kLongestNumberLine);
    const auto length = line.find('\r');
    if (length == std::string_view::npos || length + 1 == line.size()) {
      if (line.size() == kLongestNumberLine) return fail(malformed(complaint));
      return fail(incomplete(input_.size() + 1));
    }
    const std::size_t line_end = at_ + length;
    const auto number = parse_integer(input_.substr(at_ + 1, line_end - at_ - 1));
    if (!number || input_[line_end + 1] != '\n') return fail(malformed(complaint));
    value = *number;
    at_ = line_end + 2;
    return true;
  }

  /// The usual line in one pass: a few digits and the line's end. False, and nothing is read, for any other.
  bool read_short_number(long long& value) {
    constexpr std::size_t kMostDigits = 9;
    const std::size_t digits = at_ + 1;
    const std::size_t stop = std::min(input_.size(), digits + kMostDigits);
    std::size_t end = digits;
    long long number = 0;
    for (; end < stop && input_[end] >= '0' && input_[end] <= '9'; ++end)
      number = number * 10 + (input_[end] - '0');
    if (end == digits || !input_.substr(end).starts_with("\r\n")) return false;
    value = number;
    at_ = end + 2;
    return true;
  }

  bool read_bulk() {
    long long length = 0;
    if (!read_number('$', "invalid bulk length", length)) return false;
    if (length < 0) return fail(malformed("invalid bulk length"));
    const auto bytes = static_cast<unsigned long long>(length);
    if (bytes > limits_.request_bytes || at_ + bytes + 2 > limits_.request_bytes) {
      return fail(too_long(limits_.request_bytes));
    }
    const std::size_t end = at_ + static_cast<std::size_t>(bytes);
    if (input_.size() < end + 2) return fail(incomplete(end + 2));
    if (input_.substr(end, 2) != "\r\n") return fail(malformed("bulk string is longer than its length"));
    words_.push_back(input_.substr(at_, static_cast<std::size_t>(bytes)));
    at_ = end + 2;
    return true;
  }

  static char printable(char c) { return c >= ' ' && c <= '~' ? c : '?'; }

  std::string_view input_;
  const CommandLimits& limits_;
  std::vector<std::string_view>& words_;
  std::size_t at_ = 0;
  CommandParse result_;
};

CommandParse parse_inline(std::string_view input, const CommandLimits& limits,
                          std::vector<std::string_view>& words, std::vector<std::string>& unquoted) {
  const std::size_t limit = std::min(limits.inline_bytes, limits.request_bytes);
  const auto newline = input.substr(0, limit + 1).find('\n');
  if (newline == std::string_view::npos) {
    if (input.size() > limit) return malformed("too big inline request");
    return incomplete(input.size() + 1);
  }
  std::string_view line = input.substr(0, newline);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (!split_inline_words(line, unquoted)) return malformed("unbalanced quotes in request");
  if (unquoted.size() > limits.words) return malformed("too many words in inline request");
  words.assign(unquoted.begin(), unquoted.end());
  return {CommandParse::Status::complete, newline + 1, 0, {}};
}

}  // namespace

CommandParse parse_command(std::string_view input, const CommandLimits& limits,
                           std::vector<std::string_view>& words, std::vector<std::string>& unquoted) {
  words.clear();
  if (input.empty()) return incomplete(1);
  if (input.front() == '*') return ArrayReader(input, limits, words).read();
  return parse_inline(input, limits, words, unquoted);
}

}  // namespace threadmill::resp
