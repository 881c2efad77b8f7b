#pragma once
// A publish/subscribe server whose every delivery the test decides.

#include <cstdint>
#include <functional>
#include <string>

#include "loadgen/payload.h"
#include "loadgen/plan.h"
#include "tests/loadgen/fake_server.h"

namespace threadmill::load {

/// One publication on its way to one subscriber.
struct Delivery {
  std::size_t subscriber;  // of its topic, in the order of subscription
  std::string topic;
  std::string payload;
  Stamp stamp;
};

/// The bytes of a push.
std::string push(const std::string& topic, const std::string& payload);
std::string push(const Delivery& delivery);

/// What a subscriber is sent for a publication.
using Tamper = std::function<std::string(const Delivery&)>;

/// Speaks just enough RESP2, and delivers what `tamper` makes of each publication.
/// `told_too_many` is added to the number of receivers in each reply.
FakeServer::Handler publish_subscribe(Tamper tamper, std::int64_t told_too_many = 0);

/// Messages of 64 bytes, 20 of each publisher, window 4.
Plan pubsub_plan(const FakeServer& server, std::uint32_t publishers, std::uint32_t subscribers,
                 std::uint32_t topics);

/// Two publishers and two subscribers of one topic, who return when they are lost: 20 messages/s for 2 s,
/// each followed singly.
Plan followed_plan(const FakeServer& server);

/// What `server` does, but that the publication number `victim` (from 0, whoever publishes, its command
/// begins with `word`) is answered with `answer`, and its connection then closed where `closes`.
FakeServer::Handler failing_once(FakeServer::Handler server, int victim, std::string answer, bool closes,
                                 std::string word = "PUBLISH");

}  // namespace threadmill::load
