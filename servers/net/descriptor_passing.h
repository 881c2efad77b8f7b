#pragma once
// Handing an open descriptor to another process (SCM_RIGHTS of unix(7)).

#include "os/descriptor.h"

namespace threadmill::servers {

/// A pair of connected sockets whose messages are kept apart (SOCK_SEQPACKET); none when the system has no
/// more to give. Neither end blocks.
struct MessagePair {
  os::Descriptor ours;
  os::Descriptor theirs;
};
MessagePair open_message_pair();

/// Sends a copy of `descriptor` over `socket`, without waiting; false when the other end is gone or takes no
/// more now.
bool pass_descriptor(int socket, int descriptor);

/// What was received.
struct PassedDescriptor {
  os::Descriptor descriptor{};  ///< none: nothing has come, or there was no room for it here
  bool came = false;            ///< a message came, with a descriptor or without
  bool ended = false;           ///< the other end is gone
};

/// Takes the next descriptor, without waiting.
PassedDescriptor take_descriptor(int socket);

}  // namespace threadmill::servers
