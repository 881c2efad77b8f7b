#pragma once
// The parent process of a server whose clients are served by children: what those have in common is here.

#include <optional>

#include "servers/core/local_fanout.h"
#include "servers/core/service.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/event_loop.h"

namespace threadmill::servers {

/// Topics and rooms, and the loop that serves the channels through which children reach them.
class Switchboard {
 public:
  /// A socket pair between parent and child; both ends none where the service does not publish.
  struct Channel {
    os::Descriptor ours;
    os::Descriptor theirs;
  };

  Switchboard(const Service& service, const ServeOptions& options);

  EventLoop& loop() { return loop_; }

  /// Nothing when the system has no descriptors to give.
  std::optional<Channel> open_channel() const;

  /// Serves our end from now on. Where that cannot be, it is hung up, and the child ends.
  void serve(os::Descriptor ours);
  /// The same, and tells the child so first: without a welcome, there was no room for its client.
  void welcome(os::Descriptor ours);

 private:
  const Service& service_;
  LocalFanout topics_;
  KeptLobby rooms_;
  EventLoop loop_;  // last, so that its sessions leave topics_ and rooms_ first
};

}  // namespace threadmill::servers
