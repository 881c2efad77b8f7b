#pragma once
// How the clients of an event loop in a child process reach the topics and rooms of the parent.

#include <memory>

#include "servers/core/service.h"
#include "servers/net/event_loop.h"

namespace threadmill::servers {

/// A channel to the parent's switchboard for each client: a socket pair whose other end the child passes to
/// the parent. A question to the parent holds the loop up until it is answered; what is delivered to any of
/// the clients is taken in meanwhile. Used from the loop's thread.
class SwitchboardChannels {
 public:
  /// `control` is the socket through which the parent gets its ends; `loop` and what it is given outlive
  /// this. Throws std::system_error.
  SwitchboardChannels(EventLoop& loop, int control);

  /// A channel for a new client; none when the system has no descriptors to give.
  os::Descriptor connect();

  /// The session of a client whose channel it is. `client` is its socket: shut down when the parent hangs up.
  std::unique_ptr<Session> open(os::Descriptor channel, const Service& service, Member& self, int client);

 private:
  class Channel;
  class ChannelSession;

  /// Takes in what has come for any client.
  void receive();
  bool parent_is_gone() const;

  EventLoop& loop_;
  const int control_;
  os::Descriptor epoll_;  ///< over all channels; the loop watches it as one
};

}  // namespace threadmill::servers
