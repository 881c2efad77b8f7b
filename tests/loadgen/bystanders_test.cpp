#include "loadgen/bystanders/bystanders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <thread>

#include "loadgen/bystanders/pace.h"
#include "os/address.h"
#include "os/clock.h"
#include "os/descriptor.h"
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
  EXPECT_TRUE(eventually([&] { return ends_of_clients(server.port()).size() == 200; }));
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
  // The server is held up: it no longer takes what it is asked, long before it was asked for a megabyte.
  EXPECT_TRUE(eventually([&] {
    const auto ends = ends_of_clients(server.port());
    return ends.size() == 1 && ends[0].unacknowledged > 30'000;
  }));
  EXPECT_LT(asked, 1'000'000U);
}

TEST(SlowReaders, ReadAsFastAsTheyShould) {
  constexpr std::uint32_t kRate = 1'000'000;
  FakeServer server(
      [](FakeServer& fake, int connection, std::string_view bytes) { fake.send(connection, bytes); });
  Bystanders bystanders(plan_for(server.port(), {.slow_readers = 2, .slow_reader_bytes_per_s = kRate}));
  bystanders.connect(in_seconds(10));
  bystanders.begin();
  EXPECT_TRUE(eventually([&] { return bystanders.counts().slow_readers.bytes_read >= 2 * 2 * kRate; }));
}

TEST(SlowReaders, NeverReadWhereTheyAreToReadNothing) {
  const auto script = pubsub_script("topic-0", 64);
  std::atomic<int> sent = 0;
  FakeServer server([&](FakeServer& fake, int connection, std::string_view) {
    fake.send(connection, script.confirmation + std::string(40'000, 'm'));
    ++sent;
  });
  Bystanders bystanders(plan_for(server.port(), {.slow_readers = 2, .slow_reader_bytes_per_s = 0}, script));
  bystanders.connect(in_seconds(10));
  bystanders.begin();
  EXPECT_TRUE(eventually([&] { return sent == 2; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // three turns of theirs
  EXPECT_EQ(bystanders.counts().slow_readers.established, 2U);
  EXPECT_EQ(bystanders.counts().slow_readers.bytes_read, 0U);
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

TEST(SlowReaders, KnowAtTheEndThatTheServerHasDroppedThemBehindWhatTheyHaveNotRead) {
  const auto script = pubsub_script("topic-0", 64);
  for (const bool drops : {true, false}) {
    FakeServer server([&](FakeServer& fake, int connection, std::string_view) {
      fake.send(connection, script.confirmation);
      fake.send(connection, std::string(40'000, 'm'));  // more than their buffers take
      if (drops) fake.close(connection);
    });
    Bystanders bystanders(
        plan_for(server.port(), {.slow_readers = 3, .slow_reader_bytes_per_s = 100}, script));
    bystanders.connect(in_seconds(10));
    bystanders.stop();
    const auto counts = bystanders.counts().slow_readers;
    EXPECT_EQ(counts.established, 3U);
    EXPECT_EQ(counts.dropped_by_server, drops ? 3U : 0U);
    EXPECT_LT(counts.bytes_read, 3 * 1000U);  // what is read to find out is not counted
  }
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

/// Accepts connections, on which no data arrives until let_data_in(): the kernel drops it before it sees it.
class DeafServer {
 public:
  DeafServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    // Of a TCP segment: whether it is longer than its header.
    sock_filter no_data[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 12),
                             BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
                             BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 2),
                             BPF_STMT(BPF_MISC | BPF_TAX, 0),
                             BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
                             BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0),
                             BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
                             BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
                             BPF_STMT(BPF_RET | BPF_K, 0)};
    const sock_fprog program{std::size(no_data), no_data};
    const os::SocketAddress any("127.0.0.1", 0);
    EXPECT_EQ(::setsockopt(listener_.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
    EXPECT_EQ(::bind(listener_.get(), any.get(), any.size()), 0);
    EXPECT_EQ(::listen(listener_.get(), 8), 0);
  }
  std::uint16_t port() const { return os::SocketAddress::of_socket(listener_.get()).port(); }
  void accept() { connection_.reset(::accept(listener_.get(), nullptr, nullptr)); }
  void let_data_in() {
    const int unused = 0;  // the kernel insists on a value
    EXPECT_EQ(::setsockopt(connection_.get(), SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused), 0);
  }
  std::string receive() {
    char bytes[256];
    const auto got = ::recv(connection_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    return got > 0 ? std::string(bytes, static_cast<std::size_t>(got)) : "";
  }

 private:
  os::Descriptor listener_;
  os::Descriptor connection_;
};

TEST(HalfOpen, OnesStayUntilTheServersKernelHasTheirHalf) {
  const auto script = resp_script({"PING"});
  DeafServer server;
  Bystanders bystanders(plan_for(server.port(), {.half_open = 1}, script));
  std::jthread connecting([&] { bystanders.connect(in_seconds(10)); });
  server.accept();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  server.let_data_in();  // when it is sent again
  connecting.join();
  EXPECT_EQ(bystanders.counts().half_open.established, 1U);
  EXPECT_EQ(server.receive(), script.half_request);
}

TEST(HalfOpen, OnesWhoseHalfNeverArrivesHaveFailedAndWereNotDropped) {
  DeafServer server;
  Bystanders bystanders(plan_for(server.port(), {.half_open = 1}, resp_script({"PING"})));
  bystanders.connect(in_seconds(0.2));
  EXPECT_EQ(bystanders.counts().half_open, (BystanderCounts{.asked = 1, .connect_failures = 1}));
  EXPECT_THAT(bystanders.failure(), Optional(HasSubstr("not ready in time")));
}

/// Ends that are established, and what they have sent in vain.
std::size_t count_unanswered(std::uint16_t port, std::uint64_t unacknowledged) {
  const auto ends = ends_of_server(port);
  return static_cast<std::size_t>(std::count_if(ends.begin(), ends.end(), [&](const TcpEntry& end) {
    return end.state == TCP_ESTABLISHED && end.unacknowledged == unacknowledged;
  }));
}

/// What is left of half-open peers when all are said to be: the server believes in them, has their half, and
/// nothing is under way; what it sends from now on is neither acknowledged nor reset.
void expect_half_open(const BystanderScript& script, bool echoes) {
  constexpr int kIdle = 10, kHalfOpen = 100;
  constexpr std::string_view kQuestion = "is anybody there?";
  std::atomic<std::size_t> heard = 0;
  FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
    if (connection >= kIdle + kHalfOpen) {
      for (int other = 0; other < kIdle + kHalfOpen; ++other) fake.send(other, kQuestion);
      fake.close(connection);
      return;
    }
    if (echoes) fake.send(connection, bytes);
    heard += bytes.size();
  });
  Bystanders bystanders(plan_for(server.port(), {.idle = kIdle, .half_open = kHalfOpen}, script));
  bystanders.connect(in_seconds(10));
  EXPECT_EQ(
      bystanders.counts().half_open,
      (BystanderCounts{
          .asked = kHalfOpen, .established = kHalfOpen, .bytes_read = kHalfOpen * script.half_answer_bytes}));
  EXPECT_TRUE(eventually([&] { return heard == kHalfOpen * script.half_request.size(); }));
  EXPECT_TRUE(eventually([&] { return count_unanswered(server.port(), 0) == kIdle + kHalfOpen; }));

  Bystanders prompter(plan_for(server.port(), {.slow_readers = 1}));  // any byte sets the server off
  prompter.connect(in_seconds(10));
  prompter.begin();
  EXPECT_TRUE(eventually([&] { return bystanders.counts().idle.bytes_read == kIdle * kQuestion.size(); }));
  EXPECT_TRUE(eventually([&] { return count_unanswered(server.port(), kQuestion.size()) == kHalfOpen; }));
  EXPECT_EQ(bystanders.counts().half_open.bytes_read, kHalfOpen * script.half_answer_bytes);
  EXPECT_EQ(bystanders.counts().half_open.dropped_by_server, 0U);

  bystanders.stop();  // leaves nothing behind that the kernel would send again
  EXPECT_TRUE(eventually([&] {
    return ends_of_server(server.port()).empty() &&
           std::ranges::none_of(ends_of_clients(server.port()),
                                [](const TcpEntry& end) { return end.state != TCP_TIME_WAIT; });
  }));
}

TEST(HalfOpen, OnesHaveVanishedInTheMiddleOfARequest) {
  expect_half_open(resp_script({"PING"}), false);
  expect_half_open(http_script("/"), false);
}

TEST(HalfOpen, OnesAwaitWhatAnEchoServerAnswersToHalfAMessage) {
  expect_half_open(echo_script(64), true);
  expect_half_open(echo_script(200'000), true);    // sent and answered piece by piece
  expect_half_open(echo_script(8'000'000), true);  // and acknowledged late, unless asked not to
}

TEST(HalfOpen, OnesThatTheServerDropsBeforeTheyVanishAreCounted) {
  FakeServer server([](FakeServer& fake, int connection, std::string_view) { fake.close(connection); });
  Bystanders bystanders(plan_for(server.port(), {.half_open = 4}, echo_script(64)));
  bystanders.connect(in_seconds(10));
  EXPECT_EQ(bystanders.counts().half_open,
            (BystanderCounts{.asked = 4, .established = 4, .dropped_by_server = 4}));
}

}  // namespace
}  // namespace threadmill::load
