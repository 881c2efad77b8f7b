#pragma once
// A conversation over a socket, typed and read in a terminal.

#include <string>

#include "harness/chat/conversation.h"
#include "os/address.h"
#include "os/descriptor.h"

namespace threadmill::harness {

/// Connects. Throws std::system_error naming the address.
os::Descriptor connect_to(const os::SocketAddress& address);

/// Passes lines from `input` to the server at `socket` and what comes back to `output`, until one of both
/// ends or `stop` is readable; then leaves cleanly if it can. "" when it left so, else why the conversation
/// ended.
std::string converse(Conversation& conversation, int socket, int input, int output, int stop = -1);

}  // namespace threadmill::harness
