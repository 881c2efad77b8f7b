#include "loadgen/bystanders/bystanders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <thread>

#include "loadgen/bystanders/pace.h"
#include "loadgen/bystanders/vanish.h"
#include "os/clock.h"
#include "tests/loadgen/fake_server.h"
#include "tests/loadgen/tcp_table.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

std::int64_t in_seconds(double seconds) {
  return os::monotonic_ns() + static_cast<std::int64_t>(seconds * 1e9);
}

/// Waits for what happens in another thread; only a test that fails waits long.
bool eventually(const std::function<bool()>& condition) {
  const std::int64_t deadline = in_seconds(20);
  while (!condition()) {
    if (os::monotonic_ns() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

BystanderPlan plan_for(std::uint16_t port, const BystanderLoad& load,
                       const BystanderScript& script = echo_script(64)) {
  return {.target = {"127.0.0.1", port}, .load = load, .script = script, .cpus = {}, .first_number = 0};
}

void say_nothing(FakeServer&, int, std::string_view) {}

TEST(Bystanders, IdleOnesAreEstablishedAndStaySilent) {
  std::atomic<int> heard = 0;
  FakeServer server([&heard](FakeServer&, int, std::string_view) { ++heard; });
  Bystanders bystanders(plan_for(server.port(), {.idle = 200}));
  bystanders.connect(in_seconds(10));
  EXPECT_EQ(bystanders.counts().idle, (BystanderCounts{.asked = 200, .established = 200}));
  EXPECT_EQ(bystanders.counts().total(), bystanders.counts().idle);
  EXPECT_EQ(ends_of_clients(server.port()).size(), 200U);
  bystanders.begin();
  EXPECT_TRUE(eventually([&] { return ends_of_server(server.port()).size() == 200; }));
  EXPECT_EQ(heard, 0);
  bystanders.stop();
  EXPECT_TRUE(eventually([&] { return ends_of_server(server.port()).empty(); }));
  EXPECT_EQ(bystanders.counts().idle, (BystanderCounts{.asked = 200, .established = 200}));
  EXPECT_EQ(bystanders.failure(), std::nullopt);
}

TEST(Bystanders, CountsThoseThatTheServerDrops) {
  // It cannot be told which connections are whose, but who asks is a slow reader.
  FakeServer server([](FakeServer& fake, int connection, std::string_view) { fake.close(connection); });
  Bystanders bystanders(plan_for(server.port(), {.idle = 3, .slow_readers = 2}));
  bystanders.connect(in_seconds(10));
  EXPECT_EQ(bystanders.counts().total().established, 5U);
  bystanders.begin();
  EXPECT_TRUE(eventually([&] { return bystanders.counts().slow_readers.dropped_by_server == 2; }));
  EXPECT_EQ(bystanders.counts().idle.dropped_by_server, 0U);
  EXPECT_EQ(bystanders.counts().total().connect_failures, 0U);
}

TEST(Bystanders, CountsIdleOnesThatTheServerDropsAndWhatItTellsThem) {
  FakeServer server([&](FakeServer& self, int, std::string_view) {
    for (int connection = 0; connection < 3; ++connection) self.send(connection, "hello");
    self.close(0);
  });
  Bystanders bystanders(plan_for(server.port(), {.idle = 3}));
  bystanders.connect(in_seconds(10));
  ASSERT_TRUE(eventually([&] { return ends_of_server(server.port()).size() == 3; }));
  Bystanders prompter(plan_for(server.port(), {.slow_readers = 1}));  // any byte sets the server off
  prompter.connect(in_seconds(10));
  prompter.begin();
  EXPECT_TRUE(eventually([&] { return bystanders.counts().idle.dropped_by_server == 1; }));
  EXPECT_TRUE(eventually([&] { return bystanders.counts().idle.bytes_read >= 10; }));
  EXPECT_EQ(bystanders.counts().idle.established, 3U);
}

TEST(Bystanders, CountsThoseThatCannotConnect) {
  Bystanders bystanders(plan_for(closed_port(), {.idle = 100, .slow_readers = 5}));
  bystanders.connect(in_seconds(10));
  EXPECT_EQ(bystanders.counts().idle, (BystanderCounts{.asked = 100, .connect_failures = 100}));
  EXPECT_EQ(bystanders.counts().slow_readers, (BystanderCounts{.asked = 5, .connect_failures = 5}));
  EXPECT_THAT(bystanders.failure(), Optional(HasSubstr("Connection refused")));
}

TEST(Bystanders, ACpuThatIsNotThereIsThrown) {
  BystanderPlan plan = plan_for(closed_port(), {.idle = 1});
  plan.cpus = {1023};
  Bystanders bystanders(plan);
  EXPECT_THROW(bystanders.connect(in_seconds(10)), std::exception);
}

TEST(Bystanders, AnIdleOneTakesLessThan64Bytes) {
  const auto heap = [] {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  constexpr std::uint32_t kMany = 1'000'000;
  const auto before = heap();
  const Bystanders bystanders(plan_for(1, {.idle = kMany}));
  EXPECT_LT((heap() - before) / kMany, 64U);
}

TEST(SlowReaders, AskMoreThanTheyRead) {
  constexpr std::uint32_t kRate = 5000;
  std::atomic<std::uint64_t> asked = 0;
  FakeServer server([&asked](FakeServer& fake, int connection, std::string_view bytes) {
    asked += bytes.size();
    fake.send(connection, bytes);  // waits as soon as the connection's buffers are full
  });
  const std::int64_t start = os::monotonic_ns();
  Bystanders bystanders(plan_for(server.port(), {.slow_readers = 1, .slow_reader_bytes_per_s = kRate}));
  bystanders.connect(in_seconds(10));
  bystanders.begin();
  EXPECT_TRUE(eventually([&] { return bystanders.counts().slow_readers.bytes_read >= kRate; }));
  const auto read = bystanders.counts().slow_readers.bytes_read;
  EXPECT_LE(read, bytes_due(kRate, os::monotonic_ns() - start));
  EXPECT_GE(asked, 4 * read);
  // The server's end is held up: it has sent what nobody reads.
  EXPECT_TRUE(eventually([&] {
    const auto ends = ends_of_server(server.port());
    return ends.size() == 1 && ends[0].unacknowledged > 10'000;
  }));
}

TEST(SlowReaders, ReadAsFastAsTheyShould) {
  constexpr std::uint32_t kRate = 1'000'000;
  FakeServer server(
      [](FakeServer& fake, int connection, std::string_view bytes) { fake.send(connection, bytes); });
  Bystanders bystanders(plan_for(server.port(), {.slow_readers = 2, .slow_reader_bytes_per_s = kRate}));
  bystanders.connect(in_seconds(10));
  bystanders.begin();
  // With a buffer too small for the rate it would take a minute.
  EXPECT_TRUE(eventually([&] { return bystanders.counts().slow_readers.bytes_read >= 2 * 2 * kRate; }));
}

TEST(SlowReaders, AskNothingBeforeTheLoadBegins) {
  std::atomic<std::uint64_t> asked = 0;
  FakeServer server([&asked](FakeServer&, int, std::string_view bytes) { asked += bytes.size(); });
  Bystanders bystanders(plan_for(server.port(), {.slow_readers = 3}));
  bystanders.connect(in_seconds(10));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // three turns of theirs
  EXPECT_EQ(asked, 0U);
  bystanders.begin();
  EXPECT_TRUE(eventually([&] { return asked > 0; }));
}

TEST(SlowReaders, SendWholeRequestsOneBehindTheOther) {
  std::string received;
  {
    std::atomic<std::size_t> size = 0;
    FakeServer server([&](FakeServer&, int, std::string_view bytes) {
      received += bytes;
      size = received.size();
    });
    Bystanders bystanders(plan_for(server.port(), {.slow_readers = 1}, resp_script({"PING"})));
    bystanders.connect(in_seconds(10));
    bystanders.begin();
    ASSERT_TRUE(eventually([&] { return size > 200'000; }));  // several rounds of the prepared requests
  }
  const std::string request = "*1\r\n$4\r\nPING\r\n";
  for (std::size_t at = 0; at < 200'000; at += request.size()) {
    ASSERT_EQ(received.substr(at, request.size()), request) << at;
  }
}

TEST(SlowReaders, OfATopicAreReadyWhenTheSubscriptionIsConfirmed) {
  const auto script = pubsub_script("topic-0", 64);
  std::map<int, std::string> heard;
  FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
    heard[connection] += bytes;
    if (heard[connection] != script.greeting) return;
    for (const char byte : script.confirmation) fake.send(connection, {&byte, 1});
    fake.send(connection, std::string(500, 'm'));  // published at once: no part of the confirmation
  });
  Bystanders bystanders(plan_for(server.port(), {.slow_readers = 3}, script));
  bystanders.connect(in_seconds(10));
  EXPECT_EQ(bystanders.counts().slow_readers.established, 3U);
  EXPECT_TRUE(eventually([&] { return bystanders.counts().slow_readers.bytes_read == 1500; }));
}

TEST(SlowReaders, ThatAreRefusedNeverWereEstablished) {
  FakeServer server([](FakeServer& fake, int connection, std::string_view) {
    fake.send(connection, "-ERR unknown command 'SUBSCRIBE'\r\n");
  });
  Bystanders bystanders(plan_for(server.port(), {.slow_readers = 2}, pubsub_script("topic-0", 64)));
  bystanders.connect(in_seconds(10));
  EXPECT_EQ(bystanders.counts().slow_readers, (BystanderCounts{.asked = 2, .connect_failures = 2}));
  EXPECT_THAT(bystanders.failure(), Optional(HasSubstr("-ERR unknown command")));
}

TEST(SlowReaders, ThatAreNeverAnsweredAreGivenUpAtTheDeadline) {
  FakeServer server(say_nothing);
  Bystanders bystanders(
      plan_for(server.port(), {.idle = 1, .slow_readers = 2}, pubsub_script("topic-0", 64)));
  bystanders.connect(in_seconds(0.2));
  EXPECT_EQ(bystanders.counts().slow_readers, (BystanderCounts{.asked = 2, .connect_failures = 2}));
  EXPECT_EQ(bystanders.counts().idle, (BystanderCounts{.asked = 1, .established = 1}));
  EXPECT_THAT(bystanders.failure(), Optional(HasSubstr("not ready in time")));
}

/// Takes CAP_NET_ADMIN from the calling thread.
void give_up_net_admin() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  ASSERT_EQ(::syscall(SYS_capget, &header, data), 0);
  data[CAP_NET_ADMIN / 32].effective &= ~(1U << CAP_NET_ADMIN % 32);
  ASSERT_EQ(::syscall(SYS_capset, &header, data), 0);
}

TEST(HalfOpen, WithoutTheRightIsAnErrorThatNamesTheRemedy) {
  std::thread([] {
    give_up_net_admin();
    EXPECT_FALSE(may_repair_sockets());
    try {
      const Bystanders bystanders(plan_for(1, {.half_open = 1}));
      ADD_FAILURE() << "half-open peers without CAP_NET_ADMIN";
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(),
                  ::testing::AllOf(HasSubstr("half_open"), HasSubstr("CAP_NET_ADMIN"), HasSubstr("setcap")));
    }
    EXPECT_NO_THROW(Bystanders(plan_for(1, {.idle = 1, .slow_readers = 1})));
  }).join();
}

/// What is left of half-open peers when all are said to be: the server believes in them, nobody is there, and
/// nothing is under way that would give them away. Without the right to make any, that they are refused.
void expect_half_open(const BystanderScript& script, bool echoes) {
  if (!may_repair_sockets()) {
    EXPECT_THROW(Bystanders(plan_for(1, {.half_open = 1})), std::runtime_error);
    return;
  }
  std::atomic<std::size_t> heard = 0;
  FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
    if (echoes) fake.send(connection, bytes);
    heard += bytes.size();
  });
  Bystanders bystanders(plan_for(server.port(), {.idle = 10, .half_open = 100}, script));
  bystanders.connect(in_seconds(10));
  EXPECT_EQ(bystanders.counts().half_open.established, 100U);
  EXPECT_EQ(bystanders.counts().half_open.dropped_by_server, 0U);
  EXPECT_TRUE(eventually([&] { return heard == 100 * script.half_request.size(); }));
  EXPECT_EQ(ends_of_clients(server.port()).size(), 10U);
  const auto ends = ends_of_server(server.port());
  ASSERT_EQ(ends.size(), 110U);
  for (const auto& end : ends) {
    EXPECT_EQ(end.state, TCP_ESTABLISHED);
    EXPECT_EQ(end.unacknowledged, 0U);
  }
  bystanders.stop();  // the others leave with a FIN
  EXPECT_TRUE(eventually([&] { return ends_of_server(server.port()).size() == 100; }));
}

TEST(HalfOpen, OnesHaveVanishedInTheMiddleOfARequest) {
  expect_half_open(resp_script({"PING"}), false);
  expect_half_open(http_script("/"), false);
}

TEST(HalfOpen, OnesAwaitWhatAnEchoServerAnswersToHalfAMessage) {
  expect_half_open(echo_script(64), true);
  expect_half_open(echo_script(200'000), true);
}

TEST(HalfOpen, OnesLeaveFromASourceAddressThatNoOtherConnectionHas) {
  if (!may_repair_sockets()) {
    EXPECT_THROW(Bystanders(plan_for(1, {.half_open = 1})), std::runtime_error);
    return;
  }
  FakeServer server(say_nothing);
  BystanderPlan plan = plan_for(server.port(), {.idle = 5, .half_open = 20}, resp_script({"PING"}));
  plan.first_number = 7;
  Bystanders bystanders(plan);
  bystanders.connect(in_seconds(10));
  ASSERT_TRUE(eventually([&] { return ends_of_server(server.port()).size() == 25; }));
  std::map<std::string, int> from;
  for (const auto& end : ends_of_server(server.port())) ++from[end.remote_address];
  EXPECT_EQ(from, (std::map<std::string, int>{{"127.0.0.1", 5}, {"127.0.0.2", 20}}));
}

TEST(HalfOpen, OnesThatTheServerDropsBeforeTheyVanishAreCounted) {
  if (!may_repair_sockets()) {
    EXPECT_THROW(Bystanders(plan_for(1, {.half_open = 1})), std::runtime_error);
    return;
  }
  FakeServer server([](FakeServer& fake, int connection, std::string_view) { fake.close(connection); });
  Bystanders bystanders(plan_for(server.port(), {.half_open = 4}, echo_script(64)));
  bystanders.connect(in_seconds(10));
  EXPECT_EQ(bystanders.counts().half_open,
            (BystanderCounts{.asked = 4, .established = 4, .dropped_by_server = 4}));
}

}  // namespace
}  // namespace threadmill::load
