#include "protocol/resp_reply.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace threadmill::resp {
namespace {

/// Walks through the bytes of one reply.
class Parser {
 public:
  Parser(std::string_view input, const ReplyLimits& limits) : input_(input), limits_(limits) {}

  ReplyStatus value(Reply& reply, int depth) {
    if (position_ == input_.size()) return incomplete(1);
    const char type = input_[position_++];
    switch (type) {
      case '+':
        reply.kind = ReplyKind::simple;
        return line(reply.text);
      case '-':
        reply.kind = ReplyKind::error;
        return line(reply.text);
      case ':':
        reply.kind = ReplyKind::integer;
        return number(reply.integer);
      case '$':
        return bulk(reply);
      case '*':
        return array(reply, depth);
      default:
        return malformed("a reply begins with a byte that is none of + - : $ *");
    }
  }

  std::size_t position() const noexcept { return position_; }
  std::size_t at_least() const noexcept { return at_least_; }
  const char* reason() const noexcept { return reason_; }

 private:
  ReplyStatus malformed(const char* reason) {
    reason_ = reason;
    return ReplyStatus::malformed;
  }

  ReplyStatus incomplete(std::size_t missing) {
    at_least_ = input_.size() + missing;
    return ReplyStatus::incomplete;
  }

  ReplyStatus line(std::string_view& text) {
    const std::string_view rest = input_.substr(position_, limits_.line_bytes + 2);
    const std::size_t end = rest.find('\r');
    if (end == std::string_view::npos) {
      return rest.size() > limits_.line_bytes ? malformed("a line is too long") : incomplete(2);
    }
    if (end + 1 == rest.size()) {
      return end > limits_.line_bytes ? malformed("a line is too long") : incomplete(1);
    }
    if (rest[end + 1] != '\n') return malformed("a carriage return without a line feed");
    text = rest.substr(0, end);
    position_ += end + 2;
    return ReplyStatus::complete;
  }

  ReplyStatus number(std::int64_t& value) {
    std::string_view text;
    if (const auto status = line(text); status != ReplyStatus::complete) return status;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
      return malformed("a number is not a number");
    return ReplyStatus::complete;
  }

  ReplyStatus bulk(Reply& reply) {
    std::int64_t length = 0;
    if (const auto status = number(length); status != ReplyStatus::complete) return status;
    if (length == -1) {
      reply.kind = ReplyKind::null;
      return ReplyStatus::complete;
    }
    if (length < 0) return malformed("a bulk string has a negative length");
    const auto bytes = static_cast<std::size_t>(length);
    if (bytes > limits_.bulk_bytes) return malformed("a bulk string is too long");
    const std::size_t left = input_.size() - position_;
    if (left < bytes + 2) return incomplete(bytes + 2 - left);
    if (input_[position_ + bytes] != '\r' || input_[position_ + bytes + 1] != '\n') {
      return malformed("a bulk string does not end where its length says");
    }
    reply.kind = ReplyKind::bulk;
    reply.text = input_.substr(position_, bytes);
    position_ += bytes + 2;
    return ReplyStatus::complete;
  }

  ReplyStatus array(Reply& reply, int depth) {
    std::int64_t count = 0;
    if (const auto status = number(count); status != ReplyStatus::complete) return status;
    if (count == -1) {
      reply.kind = ReplyKind::null;
      return ReplyStatus::complete;
    }
    if (count < 0) return malformed("an array has a negative length");
    if (static_cast<std::uint64_t>(count) > limits_.elements) return malformed("an array is too long");
    if (depth >= limits_.depth) return malformed("arrays are nested too deeply");
    reply.kind = ReplyKind::array;
    const auto elements = static_cast<std::size_t>(count);
    // Grown as elements really arrive: a length alone must not cost memory.
    for (std::size_t i = 0; i < elements; ++i) {
      if (i == reply.elements.size()) reply.elements.emplace_back();
      if (const auto status = value(reply.elements[i], depth + 1); status != ReplyStatus::complete)
        return status;
    }
    reply.elements.resize(elements);
    return ReplyStatus::complete;
  }

  std::string_view input_;
  const ReplyLimits& limits_;
  std::size_t position_ = 0;
  std::size_t at_least_ = 0;
  const char* reason_ = nullptr;
};

}  // namespace

ReplyResult parse_reply(std::string_view input, Reply& reply, const ReplyLimits& limits) {
  Parser parser(input, limits);
  ReplyResult result;
  result.status = parser.value(reply, 0);
  if (result.status == ReplyStatus::complete) result.consumed = parser.position();
  result.at_least = parser.at_least();
  result.reason = parser.reason();
  if (result.status == ReplyStatus::complete && reply.kind != ReplyKind::array) reply.elements.clear();
  return result;
}

void ReplyReader::feed(std::string_view bytes) {
  if (start_ > 0) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  buffer_.append(bytes);
}

ReplyResult ReplyReader::next(Reply& reply) {
  if (buffered() == 0 || buffered() < at_least_) {
    return {.at_least = std::max<std::size_t>(at_least_, 1)};
  }
  const auto result = parse_reply(std::string_view(buffer_).substr(start_), reply, limits_);
  start_ += result.consumed;
  at_least_ = result.status == ReplyStatus::incomplete ? result.at_least : 0;
  return result;
}

}  // namespace threadmill::resp
