#pragma once
// What a protocol of one fixed request knows: the bytes of the request, and where a reply ends.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/plan.h"

namespace threadmill::load {

/// What the start of some bytes is.
struct ParsedReply {
  enum class Status {
    incomplete,  ///< the rest of the reply has not come
    whole,       ///< a reply that is not an error
    refused,     ///< a reply that says that the server could or would not
    malformed,   ///< not the protocol, so that nobody can tell where the next reply begins
  };
  Status status = Status::incomplete;
  std::size_t bytes = 0;  ///< of the reply; incomplete: with fewer than these, parsing again is in vain
  std::string_view
      content{};         ///< whole: what has to be the same in all replies. Good until the next parse().
  bool last = false;     ///< the server ends the connection behind this reply
  std::string reason{};  ///< refused or malformed: for a message to the user
};

/// Reads replies. Only those that look different from the one before come here, so this may take its time.
class ReplyFormat {
 public:
  virtual ~ReplyFormat() = default;

  /// The request, as it is sent every time.
  virtual std::string request() const = 0;
  /// Reads the reply at the start of `bytes`.
  virtual ParsedReply parse(std::string_view bytes) = 0;
};

/// A RESP2 command. The content of a reply is all of it.
std::unique_ptr<ReplyFormat> resp_format(const std::vector<std::string>& command);

/// HTTP/1.1 GET (RFC 9112). The content of a response is its body; header fields may change.
std::unique_ptr<ReplyFormat> http_format(const Target& target, const std::string& path);

}  // namespace threadmill::load
