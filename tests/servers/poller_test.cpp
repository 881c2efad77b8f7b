#include "servers/net/poller.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <memory>
#include <ostream>
#include <string>

#include "os/descriptor.h"
#include "os/descriptor_limit.h"

namespace threadmill::servers {
namespace {

struct Noted : Watched {
  void on_events(std::uint32_t events) override { last = events; }
  std::uint32_t last = 0;
};

/// A connected pair; our end has `number`, or the next that is free from there on.
struct Pair {
  explicit Pair(int number = 0) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
    const os::Descriptor low(ends[0]);
    far.reset(ends[1]);
    near.reset(::fcntl(low.get(), F_DUPFD_CLOEXEC, number));
  }
  void send(std::string_view bytes) const { ::send(far.get(), bytes.data(), bytes.size(), 0); }
  os::Descriptor near;
  os::Descriptor far;
  Noted noted;
};

struct Kind {
  const char* name;
  std::unique_ptr<Poller> (*make)();
  friend std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }
};

class LevelPollers : public testing::TestWithParam<Kind> {
 protected:
  /// Waits once without sleeping; returns how many were told.
  std::size_t turn() {
    const timespec at_once{};
    const auto events = poller->wait(&at_once);
    for (const auto& event : events) static_cast<Watched*>(event.data.ptr)->on_events(event.events);
    return events.size();
  }
  std::unique_ptr<Poller> poller = GetParam().make();
};
INSTANTIATE_TEST_SUITE_P(Pollers, LevelPollers,
                         testing::Values(Kind{"epoll", level_triggered_epoll}, Kind{"poll", poll_poller},
                                         Kind{"select", select_poller}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(LevelPollers, TellWhatIsWatchedForAsLongAsItLasts) {
  Pair pair;
  ASSERT_TRUE(poller->add(pair.near.get(), EPOLLIN, pair.noted));
  EXPECT_EQ(turn(), 0U);
  pair.send("x");
  EXPECT_EQ(turn(), 1U);
  EXPECT_EQ(turn(), 1U) << "nobody has read it";
  EXPECT_EQ(pair.noted.last, std::uint32_t{EPOLLIN});
  EXPECT_TRUE(poller->change(pair.near.get(), EPOLLOUT, pair.noted));
  EXPECT_EQ(turn(), 1U);
  EXPECT_EQ(pair.noted.last, std::uint32_t{EPOLLOUT});
  EXPECT_TRUE(poller->change(pair.near.get(), 0, pair.noted));
  EXPECT_EQ(turn(), 0U);
}

TEST_P(LevelPollers, WhatIsRemovedIsForgottenAndTheOthersAreNot) {
  Pair pairs[5];
  for (Pair& pair : pairs) {
    ASSERT_TRUE(poller->add(pair.near.get(), EPOLLIN, pair.noted));
    pair.send("x");
  }
  for (const int gone : {0, 4, 2}) poller->remove(pairs[gone].near.get());
  EXPECT_EQ(turn(), 2U);
  for (const int i : {1, 3}) EXPECT_EQ(pairs[i].noted.last, std::uint32_t{EPOLLIN}) << i;
  for (const int i : {0, 2, 4}) EXPECT_EQ(pairs[i].noted.last, 0U) << i;
  ASSERT_TRUE(poller->add(pairs[2].near.get(), EPOLLIN, pairs[2].noted));
  EXPECT_EQ(turn(), 3U);
}

TEST_P(LevelPollers, TakeDescriptorNumbersBeyondThoseOfAnFdSet) {
  os::raise_descriptor_limit();
  Pair low;
  Pair high(FD_SETSIZE + 100);
  ASSERT_GE(high.near.get(), FD_SETSIZE);
  ASSERT_TRUE(poller->add(low.near.get(), EPOLLIN, low.noted));
  ASSERT_TRUE(poller->add(high.near.get(), EPOLLIN, high.noted));
  EXPECT_EQ(turn(), 0U);
  high.send("x");
  EXPECT_EQ(turn(), 1U);
  EXPECT_EQ(high.noted.last, std::uint32_t{EPOLLIN});
  poller->remove(high.near.get());
  low.send("x");
  EXPECT_EQ(turn(), 1U);
  EXPECT_EQ(low.noted.last, std::uint32_t{EPOLLIN});
}

TEST_P(LevelPollers, TheEndOfAPeerIsTold) {
  Pair pair;
  ASSERT_TRUE(poller->add(pair.near.get(), EPOLLIN, pair.noted));
  pair.far.reset();
  EXPECT_EQ(turn(), 1U);
  EXPECT_NE(pair.noted.last & EPOLLIN, 0U);
}

}  // namespace
}  // namespace threadmill::servers
