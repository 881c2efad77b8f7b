#pragma once
// A child process that is an event loop with a listener of its own.

#include <atomic>
#include <cstddef>

#include "servers/core/local_fanout.h"
#include "servers/core/service.h"
#include "servers/net/event_loop.h"
#include "servers/net/listener.h"
#include "servers/net/scoreboard.h"
#include "servers/net/shared_array.h"
#include "servers/net/switchboard_channels.h"
#include "servers/options.h"

namespace threadmill::servers {

/// What such children and their parent have.
struct SharedByLoops {
  const Service& service;
  const ServeOptions& options;
  SharedArray<std::atomic<std::size_t>> clients;  ///< of each worker
  SharedArray<SharedCounts> counts{1};

  bool has_room() const {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < clients.size(); ++i) sum += clients[i];
    return sum <= options.max_connections;
  }
};

class LoopWorker {
 public:
  /// `control`: through which the parent gets its ends of the clients' channels (SwitchboardChannels).
  LoopWorker(SharedByLoops& common, std::size_t place, Listener& listener, int control);

  /// Serves clients until a stop request; returns the exit status.
  int run();

 private:
  void accept_waiting();
  bool adopt(os::Descriptor& client);

  SharedByLoops& common_;
  std::atomic<std::size_t>& clients_;
  Listener& listener_;
  std::uint64_t accepted_before_;
  std::uint64_t refused_before_;
  LocalFanout nobody_;  ///< for services that do not publish
  EventLoop loop_;
  SwitchboardChannels channels_;
};

}  // namespace threadmill::servers
