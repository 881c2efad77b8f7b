#include "servers/net/descriptor_passing.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace threadmill::servers {
namespace {

/// A message of one byte, and room for one descriptor beside it.
struct Envelope {
  Envelope() {
    header.msg_iov = &body;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
  char byte = 0;
  iovec body{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
};

}  // namespace

MessagePair open_message_pair() {
  std::array<int, 2> ends = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) return {};
  return {os::Descriptor(ends[0]), os::Descriptor(ends[1])};
}

bool pass_descriptor(int socket, int descriptor) {
  Envelope envelope;
  cmsghdr* rights = CMSG_FIRSTHDR(&envelope.header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  return ::sendmsg(socket, &envelope.header, MSG_NOSIGNAL) == 1;
}

PassedDescriptor take_descriptor(int socket) {
  Envelope envelope;
  const ssize_t got = ::recvmsg(socket, &envelope.header, MSG_CMSG_CLOEXEC);
  if (got <= 0) return {.ended = got == 0 || (errno != EAGAIN && errno != EINTR)};
  const cmsghdr* rights = CMSG_FIRSTHDR(&envelope.header);
  int descriptor = -1;
  if (rights != nullptr && rights->cmsg_type == SCM_RIGHTS) {
    std::memcpy(&descriptor, CMSG_DATA(rights), sizeof descriptor);
  }
  return {.descriptor = os::Descriptor(descriptor), .came = true};
}

}  // namespace threadmill::servers
