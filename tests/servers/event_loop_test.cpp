#include "servers/net/event_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <string>

#include "servers/core/publication.h"
#include "servers/net/socket_io.h"
#include "tests/servers/stop_by_myself.h"

namespace threadmill::servers {
namespace {

class LoopSession : public Session {
 public:
  using OnBytes = std::function<void(std::string_view)>;
  explicit LoopSession(OnBytes on_bytes) : on_bytes_(std::move(on_bytes)) {}
  Verdict on_bytes(std::string_view bytes, Outbox&) override {
    on_bytes_(bytes);
    return Verdict::keep;
  }

 private:
  OnBytes on_bytes_;
};

/// A client of the loop: what it sends goes to `on_bytes`.
class LoopClient {
 public:
  LoopClient(EventLoop& loop, LoopSession::OnBytes on_bytes) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
    const int much = 1 << 20;
    ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &much, sizeof much);
    os::Descriptor served(ends[0]);
    mine_.reset(ends[1]);
    loop.adopt(served, [&](Member&) { return std::make_unique<LoopSession>(std::move(on_bytes)); });
  }
  /// How much of it the socket took.
  std::size_t send(const std::string& bytes) {
    const ssize_t sent = ::send(mine_.get(), bytes.data(), bytes.size(), 0);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  void end() { mine_.reset(); }

 private:
  os::Descriptor mine_;
};

class EdgeLoop : public testing::Test {
 protected:
  void run() {
    options.drain = std::chrono::milliseconds(0);
    loop.run(
        stop, [] {}, [] { return true; });
  }
  StopByMyself signals;
  StopToken stop;
  ServeOptions options;
  EventLoop loop{options, edge_triggered_epoll()};
};

// The kernel tells of it once, before anything is read.
TEST_F(EdgeLoop, WhatIsLongerThanOneTurnGrantsIsReadToItsEnd) {
  std::size_t got = 0;
  std::size_t sent = 0;
  LoopClient client(loop, [&](std::string_view bytes) {
    got += bytes.size();
    if (got == sent) StopByMyself::now();
  });
  const std::string block(kReadBytes, 'x');
  while (const std::size_t some = client.send(block)) sent += some;
  ASSERT_GT(sent, 4 * kReadBytes);
  run();
  EXPECT_EQ(got, sent);
}

TEST_F(EdgeLoop, AClientThatAlwaysHasMoreDoesNotKeepOthersWaiting) {
  constexpr int kEnough = 10'000;  // for a loop that reads until there is no more
  int reads = 0;
  int reads_before_the_other = 0;
  const std::string block(2 * kReadBytes, 'x');
  LoopClient* flood = nullptr;
  LoopClient flooding(loop, [&](std::string_view) {
    if (++reads < kEnough) {
      flood->send(block);
    } else {
      StopByMyself::now();
    }
  });
  flood = &flooding;
  flooding.send(block);
  LoopClient other(loop, [&](std::string_view) {
    reads_before_the_other = reads;
    StopByMyself::now();
  });
  other.send("x");
  run();
  EXPECT_LT(reads_before_the_other, 100);
  EXPECT_LT(reads, kEnough) << "the other never came to be served";
}

TEST_F(EdgeLoop, AnEndThatCameTogetherWithTheLastBytesIsSeen) {
  std::string got;
  LoopClient client(loop, [&](std::string_view bytes) { got += bytes; });
  client.send("last words");
  client.end();
  loop.after_close([] { StopByMyself::now(); });
  run();
  EXPECT_EQ(got, "last words");
  EXPECT_EQ(loop.connection_count(), 0U);
}

/// Gets more than its outbox holds in a turn in which its client leaves.
class DesertedSession : public Session {
 public:
  DesertedSession(Member& self, os::Descriptor& client) : self_(self), client_(client) {}
  Verdict on_bytes(std::string_view, Outbox&) override {
    client_.reset();
    for (const std::size_t bytes : {200U, 700U}) self_.deliver(share({.bytes = std::string(bytes, 'x')}));
    return Verdict::keep;
  }

 private:
  Member& self_;
  os::Descriptor& client_;
};

TEST_F(EdgeLoop, AClientThatHasGoneIsNotASlowOne) {
  options.flush.kind = FlushKind::tick;
  options.outbox_bytes = 1000;
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  os::Descriptor served(ends[0]), client(ends[1]);
  loop.adopt(served, [&](Member& self) { return std::make_unique<DesertedSession>(self, client); });
  ASSERT_EQ(::send(client.get(), "x", 1, 0), 1);
  loop.after_close([] { StopByMyself::now(); });
  run();
  EXPECT_EQ(loop.connection_count(), 0U);
  EXPECT_EQ(loop.counts().slow_disconnected, 0U);
}

}  // namespace
}  // namespace threadmill::servers
