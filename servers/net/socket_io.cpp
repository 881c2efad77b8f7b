#include "servers/net/socket_io.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace threadmill::servers {
namespace {

constexpr std::size_t kSlots = 64;

ssize_t send_slots(int fd, std::span<iovec> slots, int flags) {
  if (slots.size() == 1) return ::send(fd, slots[0].iov_base, slots[0].iov_len, flags);
  msghdr message{};
  message.msg_iov = slots.data();
  message.msg_iovlen = slots.size();
  return ::sendmsg(fd, &message, flags);
}

}  // namespace

ReadResult read_some(int fd, std::span<char> buffer, int flags) {
  while (true) {
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), flags);
    if (got > 0) return {IoStatus::done, {buffer.data(), static_cast<std::size_t>(got)}};
    if (got == 0) return {IoStatus::ended, {}};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {IoStatus::would_block, {}};
    if (errno != EINTR) return {IoStatus::failed, {}};
  }
}

IoStatus write_through(int fd, const SharedPublication& publication, Outbox& outbox) {
  const std::string& bytes = publication->bytes;
  const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(bytes.size())) return IoStatus::done;
  if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return IoStatus::failed;
  outbox.push_rest(publication, sent < 0 ? 0 : static_cast<std::size_t>(sent));
  return write_waiting(fd, outbox, MSG_DONTWAIT);
}

IoStatus write_waiting(int fd, Outbox& outbox, int flags) {
  std::array<iovec, kSlots> slots;
  while (!outbox.empty()) {
    const std::size_t used = outbox.gather(slots);
    const ssize_t sent = send_slots(fd, std::span(slots).first(used), flags | MSG_NOSIGNAL);
    if (sent >= 0) {
      outbox.consume(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return IoStatus::would_block;
    } else if (errno != EINTR) {
      return IoStatus::failed;
    }
  }
  return IoStatus::done;
}

}  // namespace threadmill::servers
