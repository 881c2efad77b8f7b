#include "servers/net/stop_by_signal.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "servers/net/listener.h"

namespace threadmill::servers {
namespace {

// A process that stands ready would otherwise go round and round, and never let the stop signal in.
TEST(StopBySignal, AListenerThatHasBeenShutDownEndsTheWait) {
  const Listener listener("127.0.0.1", 0, 8);
  const os::Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  ASSERT_EQ(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, listener.fd(), &event), 0);
  ASSERT_EQ(::shutdown(listener.fd(), SHUT_RDWR), 0);
  EXPECT_FALSE(StopBySignal::wait_for_event(epoll.get()));
}

}  // namespace
}  // namespace threadmill::servers
