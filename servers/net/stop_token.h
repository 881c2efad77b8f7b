#pragma once
// The wish to stop, as something that can be polled.

#include <sys/types.h>

#include "os/descriptor.h"

namespace threadmill::servers {

/// Blocks SIGTERM and SIGINT for the process (construct it before any thread starts) and makes them readable.
/// The signal stays pending, so that every poller sees it. Threads may share it.
class StopToken {
 public:
  /// Throws std::system_error.
  StopToken();

  /// Readable from the moment when a stop is wished.
  int fd() const { return signals_.get(); }

 private:
  os::Descriptor signals_;
};

}  // namespace threadmill::servers
