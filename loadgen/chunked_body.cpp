#include "loadgen/chunked_body.h"

#include <algorithm>
#include <cstring>

namespace threadmill::load {
namespace {

constexpr std::size_t kMostChunkBytes = std::size_t{1} << 30;

/// Of a hexadecimal digit; -1 for any other byte.
int value_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::size_t ChunkedBody::decode(std::span<char> bytes) noexcept {
  std::size_t content = 0;
  std::size_t at = 0;
  while (at < bytes.size() && !ended()) {
    if (state_ != State::content) {
      state_ = step(bytes[at++]);
      continue;
    }
    const std::size_t piece = std::min(left_, bytes.size() - at);
    std::memmove(bytes.data() + content, bytes.data() + at, piece);
    content += piece;
    at += piece;
    left_ -= piece;
    if (left_ == 0) state_ = State::content_end;
  }
  return content;
}

/// What follows a byte that is none of the content.
ChunkedBody::State ChunkedBody::step(char c) noexcept {
  const int digit = value_of(c);
  switch (state_) {
    case State::size_first:
    case State::size:
      if (digit >= 0 && left_ < kMostChunkBytes) {
        left_ = left_ * 16 + static_cast<std::size_t>(digit);
        return State::size;
      }
      if (state_ == State::size_first) break;
      if (c == '\n') return begin_content();
      if (c == '\r' || c == ';' || c == ' ' || c == '\t') return State::extension;
      break;
    case State::extension:
      return c == '\n' ? begin_content() : State::extension;
    case State::content_end:
      if (c == '\r') return State::content_line_end;
      break;
    case State::content_line_end:
      if (c == '\n') return State::size_first;
      break;
    case State::content:
    case State::ended:
      break;
  }
  return State::ended;
}

/// An empty chunk is the last one.
ChunkedBody::State ChunkedBody::begin_content() noexcept { return left_ > 0 ? State::content : State::ended; }

}  // namespace threadmill::load
