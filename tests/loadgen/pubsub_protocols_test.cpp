// Publishers and subscribers over other protocols than RESP2. What they have in common is in
// pubsub_driver_test.cpp.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "loadgen/run.h"
#include "tests/loadgen/fake_broker.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

constexpr const char* kStream =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
constexpr const char* kChunks =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

LoadReport run_sse(const std::string& head, Deliver deliver, std::uint32_t threads = 1) {
  FakeServer server(sse_server(head, std::move(deliver)));
  Plan plan = broker_plan(server, PubsubWire::sse, 2, 3);
  plan.threads = threads;
  return run_load(plan);
}

LoadReport run_nats(Deliver deliver) {
  FakeServer server(nats_server(std::move(deliver)));
  return run_load(broker_plan(server, PubsubWire::nats, 2, 3));
}

void expect_flawless(const LoadReport& report) {
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed, 40U);
  EXPECT_EQ(report.deliveries, 120U);
  EXPECT_EQ(report.service_time.count(), 40U);
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_EQ(report.errors, Errors{});
}

TEST(SsePubsub, EverySubscriberReceivesEveryMessage) {
  for (const std::uint32_t threads : {1U, 2U}) expect_flawless(run_sse(kStream, event, threads));
}

TEST(SsePubsub, ResponsesMayBeInChunksOfAnySize) {
  expect_flawless(run_sse(kChunks, [](const Delivered& delivery) { return chunk(event(delivery)); }));
  expect_flawless(run_sse(kChunks, [](const Delivered& delivery) {
    const std::string bytes = event(delivery);
    const std::size_t cut = 1 + (delivery.number * 7 + delivery.subscriber) % (bytes.size() - 1);
    return chunk(bytes.substr(0, cut)) + chunk(bytes.substr(cut));
  }));
}

TEST(SsePubsub, EventsMayComeInAnyPieces) {
  std::map<std::size_t, std::string> tails;
  const LoadReport report = run_sse(kStream, [&](const Delivered& delivery) {
    std::string bytes = tails[delivery.subscriber] + event(delivery);
    const bool whole = delivery.number == 39 || delivery.number % 2 == 1;
    const std::size_t cut = whole ? bytes.size() : bytes.size() - 1 - delivery.number;
    tails[delivery.subscriber] = bytes.substr(cut);
    return bytes.substr(0, cut);
  });
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_EQ(report.deliveries, 120U);
}

TEST(SsePubsub, CommentsAndIdsAloneAreNoMessages) {
  expect_flawless(run_sse(std::string(kStream) + "retry: 1000\nid: abc-0\n\n",
                          [](const Delivered& delivery) { return ": alive\n\n" + event(delivery); }));
}

TEST(SsePubsub, WhereAStreamBeginsIsNoMessage) {
  expect_flawless(run_sse(std::string(kStream) + "retry: 1000\nevent: here\nid: abc-0\ndata: {}\n\n", event));
}

TEST(SsePubsub, EventsNeedNoIds) {
  expect_flawless(run_sse(kStream, [](const Delivered& delivery) {
    return "data: {\"topic\": \"topic-0\",\ndata: \"data\": \"" + delivery.payload + "\"}\n\n";
  }));
}

TEST(SsePubsub, CountsWhatIsDamagedLostAndRepeated) {
  const LoadReport damaged = run_sse(kStream, [](Delivered delivery) {
    if (delivery.number == 5 && delivery.subscriber == 1)
      delivery.payload[60] = delivery.payload[60] == 'A' ? 'B' : 'A';
    return event(delivery);
  });
  EXPECT_EQ(damaged.integrity, (Integrity{.corrupt = 1}));
  const LoadReport shortened = run_sse(kStream, [](Delivered delivery) {
    if (delivery.number == 5 && delivery.subscriber == 1) delivery.payload.resize(20);
    return event(delivery);
  });
  EXPECT_EQ(shortened.integrity, (Integrity{.corrupt = 1}));
  const LoadReport lost = run_sse(kStream, [](const Delivered& delivery) {
    return delivery.number == 5 && delivery.subscriber == 0 ? "" : event(delivery);
  });
  EXPECT_EQ(lost.integrity, (Integrity{.lost = 1}));
  const LoadReport repeated = run_sse(kStream, [](const Delivered& delivery) {
    return delivery.number == 5 ? event(delivery) + event(delivery) : event(delivery);
  });
  EXPECT_EQ(repeated.integrity, (Integrity{.repeated = 3}));
  const LoadReport elsewhere = run_sse(kStream, [](Delivered delivery) {
    const std::string right = event(delivery);
    delivery.topic = "topic-9";
    return delivery.number == 5 && delivery.subscriber == 2 ? event(delivery) + right : right;
  });
  EXPECT_EQ(elsewhere.integrity, (Integrity{.misdelivered = 1}));
}

TEST(SsePubsub, ARefusalIsToldWithItsStatus) {
  FakeServer refuses([](FakeServer& server, int connection, std::string_view) {
    server.send(connection, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
  });
  const LoadReport report = run_load(broker_plan(refuses, PubsubWire::sse, 1, 2));
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("GET /events with HTTP/1.1 503 Service Unavailable"));
  EXPECT_EQ(report.errors.server, 2U);
}

TEST(SsePubsub, WhatIsNoEventStreamIsTold) {
  const LoadReport page = run_sse("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", event);
  ASSERT_TRUE(page.failure);
  EXPECT_THAT(*page.failure, HasSubstr("text/html, not text/event-stream"));
  const LoadReport text = run_sse(kStream, [](const Delivered&) { return "data: hello\n\n"; });
  ASSERT_TRUE(text.failure);
  EXPECT_THAT(*text.failure, HasSubstr("an event whose data is not"));
  const LoadReport ended = run_sse(kChunks, [](const Delivered&) { return "0\r\n\r\n"; });
  ASSERT_TRUE(ended.failure);
  EXPECT_THAT(*ended.failure, HasSubstr("ended a subscriber's response"));
}

TEST(NatsPubsub, EverySubscriberReceivesEveryMessage) { expect_flawless(run_nats(nats_message)); }

TEST(NatsPubsub, AnswersWhenTheServerAsksWhetherItIsThere) {
  std::atomic<int> pongs = 0;
  auto serve = nats_server([](const Delivered& delivery) {
    return (delivery.number == 7 ? "PING\r\n" : "") + nats_message(delivery);
  });
  FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
    for (auto at = bytes.find("PONG\r\n"); at != std::string_view::npos; at = bytes.find("PONG\r\n", at + 1))
      ++pongs;
    serve(fake, connection, bytes);
  });
  expect_flawless(run_load(broker_plan(server, PubsubWire::nats, 2, 3)));
  EXPECT_EQ(pongs, 3);
}

TEST(NatsPubsub, CountsWhatIsDamagedAndMisdelivered) {
  const LoadReport damaged = run_nats([](Delivered delivery) {
    if (delivery.number == 5 && delivery.subscriber == 1)
      delivery.payload[60] = static_cast<char>(delivery.payload[60] ^ 1);
    return nats_message(delivery);
  });
  EXPECT_EQ(damaged.integrity, (Integrity{.corrupt = 1}));
  const LoadReport elsewhere = run_nats([](Delivered delivery) {
    const std::string right = nats_message(delivery);
    delivery.topic = "topic-9";
    return delivery.number == 5 && delivery.subscriber == 2 ? nats_message(delivery) + right : right;
  });
  EXPECT_EQ(elsewhere.integrity, (Integrity{.misdelivered = 1}));
}

TEST(NatsPubsub, ErrorsAndForeignersAreTold) {
  FakeServer refuses([](FakeServer& server, int connection, std::string_view) {
    server.send(connection, "INFO {}\r\n-ERR 'Authorization Violation'\r\n");
  });
  const LoadReport refused = run_load(broker_plan(refuses, PubsubWire::nats, 1, 1));
  ASSERT_TRUE(refused.failure);
  EXPECT_THAT(*refused.failure, HasSubstr("Authorization Violation"));
  FakeServer foreign([](FakeServer& server, int connection, std::string_view) {
    server.send(connection, "HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const LoadReport other = run_load(broker_plan(foreign, PubsubWire::nats, 1, 1));
  ASSERT_TRUE(other.failure);
  EXPECT_THAT(*other.failure, HasSubstr("does not speak NATS"));
}

}  // namespace
}  // namespace threadmill::load
