#include "servers/net/ring_acceptor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace threadmill::servers {
namespace {

enum AcceptorTag : unsigned { kAccept, kReadable };

/// A request to accept waits only on a socket that blocks; accept4(2) itself must not.
void set_blocking(int fd, bool blocking) {
  const int flags = ::fcntl(fd, F_GETFL);
  ::fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

}  // namespace

RingAcceptor::RingAcceptor(Ring& ring, Listener& listener, std::string_view refusal,
                           std::function<void(os::Descriptor)> admit)
    : ring_(ring), listener_(listener), refusal_(refusal), admit_(std::move(admit)) {
  accept();
}

void RingAcceptor::on_completion(unsigned tag, int result, std::uint32_t flags) {
  accepting_ = (flags & IORING_CQE_F_MORE) != 0;
  if (tag == kAccept && result >= 0) take(listener_.taken(result));
  if (stopping_ || accepting_) {
    if (stopped()) listener_.close();
  } else if (tag == kReadable) {
    accept_waiting();
  } else if (result >= 0) {
    accept();
  } else {
    wait_for_client();
  }
}

void RingAcceptor::take(os::Descriptor client) {
  if (listener_.has_spare()) return admit_(std::move(client));
  // The kernel took what another ring had given up for a moment.
  listener_.refuse(std::move(client), refusal_);
  listener_.has_spare();
}

void RingAcceptor::accept() {
  set_blocking(listener_.fd(), true);
  io_uring_sqe* request = ring_.request();
  io_uring_prep_multishot_accept(request, listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
  Ring::sign(request, *this, kAccept);
  accepting_ = true;
}

void RingAcceptor::wait_for_client() {
  set_blocking(listener_.fd(), false);
  io_uring_sqe* request = ring_.request();
  io_uring_prep_poll_add(request, listener_.fd(), POLLIN);
  Ring::sign(request, *this, kReadable);
  accepting_ = true;
}

void RingAcceptor::accept_waiting() {
  bool accepted = false;
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    auto client = listener_.accept(0, refusal_);
    if (!client) break;
    accepted = true;
    admit_(std::move(*client));
  }
  // Where one has found a descriptor, others may.
  accepted ? accept() : wait_for_client();
}

void RingAcceptor::stop() {
  stopping_ = true;
  if (!accepting_) return;
  ring_.cancel(*this, kAccept);
  ring_.cancel(*this, kReadable);
}

}  // namespace threadmill::servers
