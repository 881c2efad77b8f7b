// Followed publishers and subscribers whose connection ended in the middle of something, or who were away.

#include <gmock/gmock.h>

#include <map>
#include <vector>

#include "loadgen/run.h"
#include "protocol/resp_encode.h"
#include "protocol/resp_reply.h"
#include "tests/loadgen/fake_broker.h"
#include "tests/loadgen/fake_pubsub.h"

namespace threadmill::load {
namespace {

FakeServer::Handler keeping_its_word() {
  return publish_subscribe([](const Delivery& delivery) { return push(delivery); });
}

/// All that was published has been confirmed and received.
void expect_all_received(const LoadReport& report) {
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_GT(report.continuity->published, 0U);
  EXPECT_EQ(report.continuity->confirmed, report.continuity->published);
  EXPECT_EQ(report.continuity->lost + report.continuity->repeated + report.continuity->reordered, 0U);
}

TEST(FollowedReturns, APublisherBeginsItsMessageAnewWhereTheConnectionTookHalfOfIt) {
  FakeServer server(failing_once(keeping_its_word(), 0, "", true));
  Plan plan = followed_plan(server);
  plan.message_bytes = 8 << 20;  // more than a socket takes at once
  plan.pubsub.publishers = 1;
  plan.arrivals.process = ArrivalProcess::closed;
  plan.stop.duration_s = 0.5;
  plan.stall_timeout_s = 5;
  const LoadReport report = run_load(plan);
  expect_all_received(report);
  EXPECT_EQ(report.continuity->attempts, report.continuity->published + 1);
}

TEST(FollowedReturns, HalfAnAnswerOfALostConnectionIsForgotten) {
  FakeServer server(failing_once(keeping_its_word(), 2, ":", true));
  Plan plan = followed_plan(server);
  plan.stop.duration_s = 0.5;
  const LoadReport report = run_load(plan);
  expect_all_received(report);
  EXPECT_EQ(report.losses->returned, 1U);
}

TEST(FollowedReturns, APublisherThatIsGreetedPublishesAgainAfterTheGreeting) {
  FakeServer server(failing_once(nats_server(nats_message), 2, "", true, "PUB "));
  Plan plan = followed_plan(server);
  plan.pubsub.protocol = PubsubWire::nats;
  plan.stop.duration_s = 0.5;
  const LoadReport report = run_load(plan);
  expect_all_received(report);
  EXPECT_EQ(report.continuity->attempts, report.continuity->published + 1);
}

TEST(FollowedReturns, EventsInChunksAreReceivedWhole) {
  FakeServer server(
      sse_server("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
                 [](const Delivered& delivered) {
                   const std::string whole = event(delivered);
                   return chunk(whole.substr(0, whole.size() / 2)) + chunk(whole.substr(whole.size() / 2));
                 }));
  Plan plan = followed_plan(server);
  plan.pubsub.protocol = PubsubWire::sse;
  plan.stop.duration_s = 0.5;
  expect_all_received(run_load(plan));
}

/// A room that keeps all that is said.
class KeepingRoom {
 public:
  /// `late`: it tells what it kept once the next message was said, and that one first.
  explicit KeepingRoom(bool late) : late_(late) {}

  void operator()(FakeServer& server, int connection, std::string_view bytes) {
    readers_[connection].feed(bytes);
    resp::Reply command;
    while (readers_[connection].next(command).status == resp::ReplyStatus::complete) {
      const std::string word(command.elements[0].text);
      std::string reply;
      if (word == "NICK") {
        if (command.elements[1].text.starts_with("subscriber")) listeners_.push_back(connection);
        resp::append_simple(reply, "OK");
      } else if (word == "JOIN") {
        resp::append_integer(reply, 1);
      } else if (word == "HISTORY") {
        if (late_) {
          curious_.push_back(connection);
        } else {
          reply = history();
        }
      } else {
        say(server, std::string(command.elements[2].text));
        resp::append_integer(reply, 1);
      }
      server.send(connection, reply);
    }
  }

 private:
  void say(FakeServer& server, const std::string& text) {
    kept_.push_back(text);
    std::string said;
    resp::append_array_header(said, 5);
    resp::append_simple(said, "said");
    resp::append_bulk(said, "topic-0");
    resp::append_bulk(said, "somebody");
    resp::append_integer(said, static_cast<std::int64_t>(kept_.size()));
    resp::append_bulk(said, text);
    for (const int listener : listeners_) server.send(listener, said);
    for (const int each : curious_) server.send(each, history());
    curious_.clear();
  }

  std::string history() const {
    std::string reply;
    resp::append_array_header(reply, kept_.size());
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      resp::append_array_header(reply, 3);
      resp::append_integer(reply, static_cast<std::int64_t>(i + 1));
      resp::append_bulk(reply, "somebody");
      resp::append_bulk(reply, kept_[i]);
    }
    return reply;
  }

  bool late_;
  std::map<int, resp::ReplyReader> readers_;
  std::vector<int> listeners_;
  std::vector<int> curious_;
  std::vector<std::string> kept_;
};

TEST(FollowedReturns, WhatARoomKeptIsCaughtUpOnAndIsNeitherRepeatedNorReordered) {
  FakeServer server{KeepingRoom(true)};
  Plan plan = followed_plan(server);
  plan.pubsub.protocol = PubsubWire::rooms;
  plan.stop.duration_s = 1;
  plan.absence = {.from_s = 0.3, .for_s = 0.3};
  const LoadReport report = run_load(plan);
  expect_all_received(report);
  EXPECT_GT(report.continuity->caught_up, 0U);
  EXPECT_LE(report.continuity->caught_up, report.continuity->published * 2);
  EXPECT_GT(report.continuity->catching_up_ns, 0);
}

TEST(FollowedReturns, ARunIsNotOverBeforeThoseWhoAreAwayAreBackAndHaveCaughtUp) {
  FakeServer server{KeepingRoom(false)};
  Plan plan = followed_plan(server);
  plan.pubsub.protocol = PubsubWire::rooms;
  plan.stop.duration_s = 0.5;
  plan.absence = {.from_s = 0.2, .for_s = 0.8};
  const LoadReport report = run_load(plan);
  expect_all_received(report);
  EXPECT_GT(report.continuity->caught_up, 0U);
}

}  // namespace
}  // namespace threadmill::load
