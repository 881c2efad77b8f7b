#include "servers/net/switchboard_channels.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string>

#include "servers/core/switchboard_frame.h"
#include "servers/net/descriptor_passing.h"
#include "tests/servers/stop_by_myself.h"

namespace threadmill::servers {
namespace {

/// A loop with one client, whose channel's other end the test holds in the place of a parent.
class OneChannel : public testing::Test {
 protected:
  OneChannel() {
    options.outbox_bytes = 1000;
    options.drain = std::chrono::milliseconds(0);
    std::array<int, 2> ends = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    os::Descriptor served(ends[0]);
    client.reset(ends[1]);
    loop.adopt(served, [&, fd = ends[0]](Member& self) {
      return channels.open(channels.connect(), *service, self, fd);
    });
    parent = take_descriptor(control.ours.get()).descriptor;
    loop.after_close([] { StopByMyself::now(); });
  }

  void parent_sends(FrameKind kind, const std::string& body = {}) {
    std::string frame;
    append_frame(frame, {kind, {}, body});
    EXPECT_EQ(::send(parent.get(), frame.data(), frame.size(), 0), static_cast<ssize_t>(frame.size()));
  }
  void run_until_the_client_is_gone() {
    loop.run(
        stop, [] {}, [] { return true; });
  }
  std::string told_to_client() {
    std::array<char, 1000> buffer{};
    const ssize_t got = ::recv(client.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }

  StopByMyself signals;
  StopToken stop;
  ServeOptions options;
  std::unique_ptr<Service> service = make_service("chat", options);
  EventLoop loop{options};
  MessagePair control = open_message_pair();
  SwitchboardChannels channels{loop, control.theirs.get()};
  os::Descriptor client;
  os::Descriptor parent;
};

TEST_F(OneChannel, AClientWhoseParentHangsUpOnItIsASlowOne) {
  parent_sends(FrameKind::welcome);
  parent.reset();
  run_until_the_client_is_gone();
  EXPECT_EQ(loop.counts().slow_disconnected, 1U);
  EXPECT_EQ(told_to_client(), "");
}

// Where a worker gets no CPU for a time, its parent hangs up, and what waits in the channel is more than the
// client's own outbox holds.
TEST_F(OneChannel, AClientThatIsTooSlowForParentAndWorkerIsCountedOnce) {
  parent_sends(FrameKind::welcome);
  parent_sends(FrameKind::deliver, std::string(options.outbox_bytes + 1, 'x'));
  parent.reset();
  run_until_the_client_is_gone();
  EXPECT_EQ(loop.counts().slow_disconnected, 1U);
}

TEST_F(OneChannel, AClientThatLeavesWhenItsParentHasHungUpWasASlowOne) {
  const std::string subscribe = "SUBSCRIBE t\r\n";
  EXPECT_EQ(::send(client.get(), subscribe.data(), subscribe.size(), 0),
            static_cast<ssize_t>(subscribe.size()));
  parent_sends(FrameKind::welcome);
  parent_sends(FrameKind::done);
  loop.before_write([&] {
    client.reset();
    parent.reset();
  });
  run_until_the_client_is_gone();
  EXPECT_EQ(loop.counts().slow_disconnected, 1U);
}

TEST_F(OneChannel, AClientThatTheParentHasNoRoomForIsToldSoAndIsNotSlow) {
  parent.reset();
  run_until_the_client_is_gone();
  EXPECT_EQ(loop.counts().slow_disconnected, 0U);
  EXPECT_EQ(told_to_client(), service->refusal());
}

TEST_F(OneChannel, AClientIsNotSlowBecauseTheParentDied) {
  parent_sends(FrameKind::welcome);
  parent.reset();
  control.ours.reset();
  run_until_the_client_is_gone();
  EXPECT_EQ(loop.counts().slow_disconnected, 0U);
}

}  // namespace
}  // namespace threadmill::servers
