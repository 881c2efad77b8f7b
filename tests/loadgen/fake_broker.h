#pragma once
// Publish/subscribe servers over HTTP and NATS, whose every delivery the test decides.

#include <functional>
#include <string>

#include "loadgen/plan.h"
#include "tests/loadgen/fake_server.h"

namespace threadmill::load {

/// One publication on its way to one subscriber. Subscribers are numbered in the order of subscription.
struct Delivered {
  std::size_t subscriber;
  std::size_t number;  // of the publication, whoever published it
  std::string topic;
  std::string payload;
};

/// What a subscriber is sent for a publication.
using Deliver = std::function<std::string(const Delivered&)>;

/// Takes {"data": TEXT}; `head` begins what a subscriber is sent.
FakeServer::Handler sse_server(std::string head, Deliver deliver);
/// An event as our gateway has it.
std::string event(const Delivered& publication);
/// The bytes as a chunk.
std::string chunk(const std::string& bytes);

FakeServer::Handler nats_server(Deliver deliver);
std::string nats_message(const Delivered& publication);

/// Messages of 64 bytes, 20 of each publisher, window 4, one topic.
Plan broker_plan(const FakeServer& server, PubsubWire protocol, std::uint32_t publishers,
                 std::uint32_t subscribers);

}  // namespace threadmill::load
