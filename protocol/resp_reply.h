#pragma once
// Reading RESP2 replies and pushes as a client: sans-I/O, bounded, incremental.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::resp {

enum class ReplyKind { simple, error, integer, bulk, null, array };

/// One reply or push. Views point into the bytes that were parsed.
struct Reply {
  ReplyKind kind = ReplyKind::null;
  std::string_view text;        ///< of simple, error (without "-") and bulk
  std::int64_t integer = 0;     ///< of integer
  std::vector<Reply> elements;  ///< of array
};

/// What a client accepts; anything beyond is malformed, so that a hostile server cannot exhaust memory or
/// stack.
struct ReplyLimits {
  std::size_t line_bytes = std::size_t{64} << 10;  ///< of a simple string, an error, a number
  std::size_t bulk_bytes = std::size_t{64} << 20;  ///< of one bulk string
  std::size_t elements = std::size_t{1} << 20;     ///< of one array
  int depth = 8;                                   ///< of arrays in arrays
};

enum class ReplyStatus { complete, incomplete, malformed };

struct ReplyResult {
  ReplyStatus status = ReplyStatus::incomplete;
  std::size_t consumed = 0;      ///< bytes of the reply, when complete
  std::size_t at_least = 0;      ///< when incomplete: with fewer bytes than this, parsing again is in vain
  const char* reason = nullptr;  ///< when malformed: what is wrong, for a message
};

/// Parses one reply at the start of `input`. `reply` is reused: a flat array allocates only while it grows.
ReplyResult parse_reply(std::string_view input, Reply& reply, const ReplyLimits& limits = {});

/// Collects bytes as they arrive and gives out whole replies.
class ReplyReader {
 public:
  explicit ReplyReader(const ReplyLimits& limits = {}) : limits_(limits) {}

  /// Adds received bytes. Views of replies given out before are void afterwards.
  void feed(std::string_view bytes);

  /// The next reply. `reply` is meaningful only when the status is complete, until the next feed(). After
  /// "malformed" the stream cannot be read on: close the connection.
  ReplyResult next(Reply& reply);

  /// Bytes that wait for the rest of their reply.
  std::size_t buffered() const noexcept { return buffer_.size() - start_; }

 private:
  ReplyLimits limits_;
  std::string buffer_;
  std::size_t start_ = 0;     // what is before was given out
  std::size_t at_least_ = 0;  // of the incomplete reply at start_
};

}  // namespace threadmill::resp
