#pragma once
// A child process that accepts clients by itself, and serves one at a time.

#include <cstddef>
#include <optional>

#include "servers/core/service.h"
#include "servers/net/listener.h"
#include "servers/net/scoreboard.h"
#include "servers/net/wake_up.h"
#include "servers/options.h"

namespace threadmill::servers {

/// What such children and their parent have.
struct SharedByAcceptors {
  Listener& listener;
  const Service& service;
  const ServeOptions& options;
  Scoreboard board{options.max_connections};
  WakeUp wanted{};  ///< the parent is to look: fewer children than asked for stand ready
};

/// Its place on the scoreboard is idle when it is made. The parent makes that `ending` and sends kLookAround
/// (StopBySignal) to have it end as soon as it serves nobody.
class AcceptingChild {
 public:
  /// `channel` as for serve_in_child().
  AcceptingChild(SharedByAcceptors& common, std::size_t place, int channel)
      : common_(common), board_(common.board), place_(place), channel_(channel) {}

  /// Serves clients until it is to end; returns the exit status.
  int run();

 private:
  bool is_to_accept();
  std::optional<os::Descriptor> accept();
  bool serve(os::Descriptor client);

  SharedByAcceptors& common_;
  Scoreboard& board_;
  const std::size_t place_;
  const int channel_;
};

}  // namespace threadmill::servers
