#pragma once
// A connection that has a thread to itself while it lasts.

#include "servers/net/blocking_connection.h"
#include "servers/net/locked_connection.h"
#include "servers/net/wake_up.h"

namespace threadmill::servers {

class ThreadConnection : public LockedConnection, private PublicationSource {
 public:
  /// `wake` is an eventfd, needed where the service publishes, and outlives the connection.
  ThreadConnection(SharedByThreads& shared, os::Descriptor socket, int wake)
      : LockedConnection(shared, std::move(socket)), wake_(wake) {}

  /// Serves until the client ends. Called by the connection's thread.
  void serve();

 private:
  void serve_and_listen();

  void write_later() override { WakeUp::signal(wake_); }
  int fd() const override { return wake_; }
  bool on_readable() override {
    WakeUp::acknowledge(wake_);
    return true;
  }

  const int wake_;
};

}  // namespace threadmill::servers
