#pragma once
// Reading RESP2 commands as clients send them: arrays of bulk strings, or inline lines.
// Source: https://redis.io/docs/reference/protocol-spec ("Sending commands", "Inline commands").

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::resp {

struct CommandLimits {
  std::size_t request_bytes = 1 << 20;  ///< of one whole request, framing included
  std::size_t inline_bytes = 64 << 10;  ///< of one inline line
  std::size_t words = 1024;             ///< of one request
};

/// What parse_command found at the start of its input.
struct CommandParse {
  enum class Status {
    complete,    ///< `words` holds the command (none for an empty line) and `consumed` bytes belong to it
    incomplete,  ///< more bytes are needed: nothing to gain before the input holds `needed` bytes
    malformed,   ///< `error` says why; the stream cannot be read any further
  };
  Status status = Status::incomplete;
  std::size_t consumed = 0;
  std::size_t needed = 0;
  std::string error;  ///< as after "-ERR "
};

/// Parses one command from the start of `input`. `words` is cleared and filled with views into `input`, or
/// into `unquoted`, which holds inline words that had quotes or escapes. Pure: no state is kept between
/// calls, so that any split of the input gives the same result.
CommandParse parse_command(std::string_view input, const CommandLimits& limits,
                           std::vector<std::string_view>& words, std::vector<std::string>& unquoted);

}  // namespace threadmill::resp
