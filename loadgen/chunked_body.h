#pragma once
// An endless HTTP body that comes in chunks (RFC 9112, section 7.1).

#include <cstddef>
#include <span>

namespace threadmill::load {

/// Takes the chunks' own bytes out, as they arrive; keeps nothing but where in a chunk the stream stands.
class ChunkedBody {
 public:
  /// Moves the content among `bytes` to their front and returns how much it is. Call it with everything that
  /// is received, in order.
  std::size_t decode(std::span<char> bytes) noexcept;
  /// The body is over: the last chunk came, or what is no chunk.
  bool ended() const noexcept { return state_ == State::ended; }

 private:
  enum class State { size_first, size, extension, content, content_end, content_line_end, ended };

  State step(char c) noexcept;
  State begin_content() noexcept;

  State state_ = State::size_first;
  std::size_t left_ = 0;  // of the chunk's content; before that, its size as read so far
};

}  // namespace threadmill::load
