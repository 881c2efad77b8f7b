#pragma once
// What one connection's bytes mean. No I/O, so every model runs the same one and a fuzzer can too.

#include <cstddef>
#include <string_view>

#include "servers/core/outbox.h"

namespace threadmill::servers {

enum class Verdict {
  keep,   ///< go on reading
  close,  ///< read no more; close when the outbox is written
};

/// One per connection; destroyed when the connection ends, which leaves every topic it joined.
/// Called by one thread at a time.
class Session {
 public:
  virtual ~Session() = default;

  /// Takes bytes as they arrived, split anywhere; puts the answers into `out`.
  virtual Verdict on_bytes(std::string_view bytes, Outbox& out) = 0;

  /// Whether the client comes back for what it missed, and can only then know that it missed something. Such
  /// a one is disconnected where its outbox is full, whatever --slow-consumer says: what is left out of the
  /// middle would be lost to it for good.
  virtual bool resumes() const { return false; }

  /// Whether answers are under way that it cannot give yet (TopicLog). The connection is not read meanwhile;
  /// when some are there, on_bytes() is called with no bytes. Only event loops do so.
  virtual bool waits() const { return false; }
};

}  // namespace threadmill::servers
