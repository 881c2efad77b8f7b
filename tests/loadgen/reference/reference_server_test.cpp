// The reference server, turned by the test itself: no threads, and no assertion about how fast anything is.

#include "loadgen/reference/reference_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <limits>
#include <string>
#include <vector>

#include "os/clock.h"

namespace threadmill::load::reference {
namespace {

constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();

/// A client that never blocks.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const os::SocketAddress address("127.0.0.1", port);
    EXPECT_EQ(::connect(socket_.get(), address.get(), address.size()), 0);
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  /// As much as the socket takes.
  std::size_t send(std::string_view bytes) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  void receive() {
    char bytes[65536];
    ssize_t got = 0;
    while ((got = ::recv(socket_.get(), bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
      received_.append(bytes, static_cast<std::size_t>(got));
    closed_ = got == 0 || (got < 0 && errno == ECONNRESET);
  }
  const std::string& received() const { return received_; }
  bool closed() const { return closed_; }
  void finish_sending() { ::shutdown(socket_.get(), SHUT_WR); }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.reset();
  }

 private:
  os::Descriptor socket_;
  std::string received_;
  bool closed_ = false;
};

/// The i-th message of `size` bytes, unlike its neighbours.
std::string message(std::size_t size, std::size_t i) {
  std::string text = std::to_string(i) + ';';
  text.resize(size, static_cast<char>('a' + i % 26));
  return text;
}

template <typename Condition>
::testing::AssertionResult turn_until(ReferenceServer& server, Condition condition) {
  const std::int64_t give_up_ns = os::monotonic_ns() + 30'000'000'000;
  while (!condition()) {
    if (os::monotonic_ns() > give_up_ns) return ::testing::AssertionFailure() << "not in 30 s";
    server.turn();
  }
  return ::testing::AssertionSuccess();
}

::testing::AssertionResult turn_until_received(ReferenceServer& server, Client& client, std::size_t bytes) {
  return turn_until(server, [&] {
    client.receive();
    return client.received().size() >= bytes;
  });
}

/// `count` requests, each after the answer to the one before.
void talk(ReferenceServer& server, Client& client, std::size_t size, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) {
    all += message(size, i);
    client.send(message(size, i));
    ASSERT_TRUE(turn_until_received(server, client, all.size()));
  }
  ASSERT_EQ(client.received(), all);
}

TEST(ReferenceServer, NoTrueLatencyIsBelowTheTimeThatWasAsked) {
  ReferenceServer server({.service = parse_service_times("constant:500us")});
  Client client(server.port());
  talk(server, client, 64, 200);
  const ReferenceReport report = server.report(0, kEver);
  EXPECT_TRUE(report.complete()) << report.clock_step_ns;
  EXPECT_EQ(report.truth.requests, 200U);
  EXPECT_EQ(report.truth.latency.count(), 200U);
  EXPECT_GE(report.truth.latency.min(), 500'000);
  EXPECT_EQ(report.truth.asked.min(), 500'000);
  EXPECT_EQ(report.truth.asked.max(), 500'000);
}

TEST(ReferenceServer, TheTruthIsWithinWhatTheClientSaw) {
  ReferenceServer server({.service = parse_service_times("exponential:200us")});
  Client client(server.port());
  Histogram seen;
  for (std::size_t i = 0; i < 100; ++i) {
    const std::int64_t sent_ns = os::monotonic_ns();
    client.send(message(64, i));
    ASSERT_TRUE(turn_until_received(server, client, 64 * (i + 1)));
    seen.record(os::monotonic_ns() - sent_ns);
  }
  // Of the same requests, each took less between the stamps than between the client's calls.
  const Truth truth = server.report(0, kEver).truth;
  ASSERT_EQ(truth.latency.count(), 100U);
  for (const double percentile : {0.0, 25.0, 50.0, 75.0, 99.0, 100.0}) {
    EXPECT_LE(truth.latency.value_at_percentile(percentile), seen.value_at_percentile(percentile));
    EXPECT_GE(truth.latency.value_at_percentile(percentile), truth.asked.value_at_percentile(percentile));
  }
  EXPECT_EQ(truth.early, 0U);
}

TEST(ReferenceServer, AskedTimesFollowTheSeed) {
  const ReferenceOptions options{.service = parse_service_times("bimodal:0us,1ms,50%"), .seed = 3};
  ReferenceServer server(options);
  Client client(server.port());
  talk(server, client, 64, 60);
  Histogram expected;
  ServiceTimes times(options.service, options.seed);
  for (int i = 0; i < 60; ++i) expected.record(times.next_ns());
  EXPECT_EQ(server.report(0, kEver).truth.asked, expected);
}

TEST(ReferenceServer, AStallHoldsReplies) {
  constexpr std::int64_t kStallNs = 80'000'000;
  ReferenceServer server({.stall_ns = kStallNs, .stall_every_ns = 100'000'000});
  Client client(server.port());
  while (server.report(0, kEver).stalls.empty()) server.turn();
  client.send(message(64, 0));
  const std::int64_t sent_ns = os::monotonic_ns();
  ASSERT_TRUE(turn_until_received(server, client, 64));
  const ReferenceReport report = server.report(0, kEver);
  EXPECT_TRUE(report.complete());
  // What was left of the stall when send() had returned; negative on a machine that was busy elsewhere.
  EXPECT_GE(report.truth.latency.max(), report.stalls.front().end_ns - sent_ns);
}

TEST(ReferenceServer, AWindowCountsItsOwnRequestsOnly) {
  ReferenceServer server({});
  Client client(server.port());
  talk(server, client, 64, 5);
  const std::int64_t start_ns = os::monotonic_ns();
  Client second(server.port());
  talk(server, second, 64, 7);
  const std::int64_t end_ns = os::monotonic_ns();
  Client third(server.port());
  talk(server, third, 64, 9);
  EXPECT_EQ(server.report(start_ns, end_ns).truth.requests, 7U);
  EXPECT_EQ(server.report(0, start_ns).truth.requests, 5U);
  EXPECT_EQ(server.report(end_ns, kEver).truth.requests, 9U);
}

TEST(ReferenceServer, PipelinedRequestsAreAnsweredInTheirOrderEachWithItsStamps) {
  ReferenceServer server({.service = parse_service_times("exponential:300us")});
  Client client(server.port());
  std::string all;
  for (std::size_t i = 0; i < 100; ++i) all += message(64, i);
  ASSERT_EQ(client.send(all), all.size());
  ASSERT_TRUE(turn_until_received(server, client, all.size()));
  EXPECT_EQ(client.received(), all);
  const ReferenceReport report = server.report(0, kEver);
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(report.truth.latency.count(), 100U);
  EXPECT_GE(report.truth.shared_stamps, 50U);  // one packet, or a few
}

TEST(ReferenceServer, AMessageMayComeInPieces) {
  ReferenceServer server({.message_bytes = 10});
  Client client(server.port());
  client.send("0123");
  for (int i = 0; i < 1000; ++i) server.turn();
  client.receive();
  EXPECT_EQ(client.received(), "");
  client.send("456789abc");
  ASSERT_TRUE(turn_until_received(server, client, 10));
  EXPECT_EQ(client.received(), "0123456789");
  EXPECT_EQ(server.report(0, kEver).truth.requests, 1U);
}

TEST(ReferenceServer, AClientThatDoesNotReadGetsEverythingLater) {
  constexpr std::size_t kBytes = 65536;
  constexpr std::size_t kCount = 400;  // 26 MB: more than the sockets hold
  ReferenceServer server({.message_bytes = kBytes});
  Client client(server.port());
  std::string all;
  for (std::size_t i = 0; i < kCount; ++i) all += message(kBytes, i);
  std::string_view left = all;
  for (std::size_t i = 1; i <= kCount; ++i) {
    std::string_view next = left.substr(0, kBytes);
    ASSERT_TRUE(turn_until(server, [&] {
      next.remove_prefix(client.send(next));
      return next.empty() && server.report(0, kEver).truth.requests == i;
    }));
    left.remove_prefix(kBytes);
  }
  ASSERT_TRUE(turn_until_received(server, client, all.size()));
  EXPECT_TRUE(client.received() == all);
  for (int i = 0; i < 1000; ++i) server.turn();  // the last stamps
  EXPECT_EQ(server.report(0, kEver).truth.latency.count(), kCount);
}

TEST(ReferenceServer, AnswersWhatAClientSentBeforeItsEnd) {
  ReferenceServer server({.service = parse_service_times("constant:2ms")});
  Client client(server.port());
  client.send(message(64, 0) + message(64, 1));
  client.finish_sending();
  ASSERT_TRUE(turn_until(server, [&] {
    client.receive();
    return client.closed();
  }));
  EXPECT_EQ(client.received(), message(64, 0) + message(64, 1));
  EXPECT_TRUE(server.report(0, kEver).complete());
}

TEST(ReferenceServer, AClientThatVanishesHurtsNobodyElse) {
  ReferenceServer server({.service = parse_service_times("constant:1ms")});
  Client other(server.port());
  for (unsigned i = 0; i < 20; ++i) {
    Client client(server.port());
    client.send(message(64, 0) + message(64, 1));
    ASSERT_TRUE(turn_until(server, [&] { return server.report(0, kEver).truth.requests == 2U * (i + 1U); }));
    client.reset();
  }
  talk(server, other, 64, 20);
  const ReferenceReport report = server.report(0, kEver);
  EXPECT_EQ(report.truth.requests, 60U);
  EXPECT_EQ(report.truth.latency.count(), 20U + (40U - report.truth.without_reply_stamp));
}

TEST(ReferenceServer, MoreThanItsConnectionsAreClosed) {
  ReferenceServer server({.max_connections = 2});
  Client first(server.port());
  Client second(server.port());
  talk(server, first, 64, 1);
  talk(server, second, 64, 1);
  Client third(server.port());
  ASSERT_TRUE(turn_until(server, [&] {
    third.receive();
    return third.closed();
  }));
}

TEST(ReferenceServer, AClientThatVanishesWithRepliesThatItWouldNotReadLeavesItsPlace) {
  constexpr std::size_t kBytes = 65536;
  ReferenceServer server({.message_bytes = kBytes, .max_connections = 1});
  Client client(server.port());
  for (std::size_t i = 0; i < 400; ++i) {
    client.send(message(kBytes, i));
    server.turn();
  }
  client.reset();
  for (int i = 0; i < 1000; ++i) server.turn();
  Client next(server.port());
  talk(server, next, kBytes, 3);
}

TEST(ReferenceServer, HoldsNoMoreThanItsMemoryAndAnswersTheRestLater) {
  constexpr std::int64_t kServiceNs = 300'000'000;
  ReferenceServer server({.service = parse_service_times("constant:300ms"), .max_held_bytes = 10 * 64});
  Client client(server.port());
  std::string all;
  for (std::size_t i = 0; i < 25; ++i) all += message(64, i);
  const std::int64_t sent_ns = os::monotonic_ns();
  client.send(all);
  for (int i = 0; i < 1000; ++i) server.turn();
  const std::uint64_t taken = server.report(0, kEver).truth.requests;
  const bool nothing_left_yet = os::monotonic_ns() < sent_ns + kServiceNs;
  if (nothing_left_yet) {
    EXPECT_EQ(taken, 10U);
  }
  ASSERT_TRUE(turn_until_received(server, client, all.size()));
  EXPECT_EQ(client.received(), all);
}

TEST(ReferenceServer, AFullLogIsToldOf) {
  ReferenceServer server({.max_requests = 3});
  Client client(server.port());
  talk(server, client, 64, 10);
  const ReferenceReport report = server.report(0, kEver);
  EXPECT_EQ(report.truth.requests, 3U);
  EXPECT_EQ(report.not_logged, 7U);
  EXPECT_FALSE(report.complete());
}

}  // namespace
}  // namespace threadmill::load::reference
