#pragma once
// A cluster's log in an event loop.

#include "os/descriptor.h"
#include "servers/cluster/clustered_topics.h"
#include "servers/net/event_loop.h"

namespace threadmill::servers {

/// From its beginning on the sessions that get `topics` have their clients' deeds go through `log`, and what
/// comes out of it is done in the loop that start() names.
class LogInLoop {
 public:
  /// All outlive it; it outlives the sessions.
  LogInLoop(ReplicatedLog& log, Fanout& topics, EventHistory* history);

  /// Once, before the loop runs. Throws std::system_error.
  void start(EventLoop& loop);
  /// To be called where the loop flushes (EventLoop::before_flush()): what was appended becomes an entry.
  void send() { topics_.send(); }
  LogCounts counts() const { return topics_.counts(); }

 private:
  ReplicatedLog& log_;
  EventLoop* loop_ = nullptr;
  ClusteredTopics topics_;
  os::Descriptor timer_;
};

}  // namespace threadmill::servers
