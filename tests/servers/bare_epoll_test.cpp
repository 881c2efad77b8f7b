// The ceiling where the kernel refuses to watch a socket: a program of its own, for its epoll_ctl fails when
// told.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <thread>

#include "servers/core/service.h"
#include "servers/net/listener.h"
#include "servers/net/stop_token.h"
#include "servers/registry.h"

namespace {

std::atomic<int> calls_until_refusal = -1;  // NOLINT: epoll_ctl has no other place

}  // namespace

/// As where fs.epoll.max_user_watches is reached.
extern "C" int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  if (operation == EPOLL_CTL_ADD && calls_until_refusal-- == 0) {
    errno = ENOSPC;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_epoll_ctl, epoll, operation, fd, event));
}

namespace threadmill::servers {

Serve serve_bare_epoll;

namespace {

class BareEpoll : public testing::Test {
 protected:
  ServeCounts serve() { return serve_bare_epoll(listener, *make_service("echo", options), options, stop); }

  ServeOptions options;
  StopToken stop;
  Listener listener{"127.0.0.1", 0, 16};
};

TEST_F(BareEpoll, FailsWhereItCouldNeitherAcceptNorStop) {
  for (const int refused : {0, 1}) {
    calls_until_refusal = refused;
    EXPECT_THROW(serve(), std::system_error) << refused;
  }
}

TEST_F(BareEpoll, HangsUpOnAClientThatCannotBeWatched) {
  calls_until_refusal = 2;  // after the listener and the wish to stop
  std::thread server([&] { serve(); });
  const os::Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{20, 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const auto address = listener.address();
  EXPECT_EQ(::connect(client.get(), address.get(), address.size()), 0);
  char byte = 0;
  EXPECT_EQ(::recv(client.get(), &byte, 1, 0), 0) << "the end, and no waiting until the patience is over";
  ::kill(::getpid(), SIGTERM);  // blocked, and read from the token
  server.join();
}

}  // namespace
}  // namespace threadmill::servers
