#include "tests/loadgen/fake_pubsub.h"

#include <map>
#include <memory>
#include <vector>

#include "protocol/resp_encode.h"
#include "protocol/resp_reply.h"

namespace threadmill::load {

std::string push(const std::string& topic, const std::string& payload) {
  std::string bytes;
  resp::append_message_push(bytes, topic, payload);
  return bytes;
}

std::string push(const Delivery& delivery) { return push(delivery.topic, delivery.payload); }

FakeServer::Handler publish_subscribe(Tamper tamper, std::int64_t told_too_many) {
  struct State {
    std::map<int, resp::ReplyReader> readers;
    std::map<std::string, std::vector<int>> subscribers;
  };
  return [state = std::make_shared<State>(), tamper = std::move(tamper), told_too_many](
             FakeServer& server, int connection, std::string_view bytes) {
    auto& reader = state->readers[connection];
    reader.feed(bytes);
    resp::Reply command;  // an array of bulk strings, as some replies are
    while (reader.next(command).status == resp::ReplyStatus::complete) {
      const std::string topic(command.elements[1].text);
      std::string reply;
      if (command.elements[0].text == "SUBSCRIBE") {
        state->subscribers[topic].push_back(connection);
        reply = "*3\r\n$9\r\nsubscribe\r\n$" + std::to_string(topic.size()) + "\r\n" + topic + "\r\n:1\r\n";
      } else {
        const std::string payload(command.elements[2].text);
        auto& subscribers = state->subscribers[topic];
        for (std::size_t i = 0; i < subscribers.size(); ++i) {
          server.send(subscribers[i], tamper({i, topic, payload, read_stamp(payload)}));
        }
        resp::append_integer(reply, static_cast<std::int64_t>(subscribers.size()) + told_too_many);
      }
      server.send(connection, reply);
    }
  };
}

Plan pubsub_plan(const FakeServer& server, std::uint32_t publishers, std::uint32_t subscribers,
                 std::uint32_t topics) {
  Plan plan;
  plan.target = {"127.0.0.1", server.port()};
  plan.driver = DriverKind::pubsub;
  plan.pubsub = {.publishers = publishers, .subscribers = subscribers, .topics = topics, .window = 4};
  plan.message_bytes = 64;
  plan.stop.messages = 20;
  plan.stall_timeout_s = 5;
  return plan;
}

Plan followed_plan(const FakeServer& server) {
  Plan plan = pubsub_plan(server, 2, 2, 1);
  plan.pubsub.window = 1;
  plan.lost_clients_return = true;
  plan.stop = {.messages = std::nullopt, .duration_s = 2, .warmup_s = 0};
  plan.arrivals.process = ArrivalProcess::constant;
  plan.arrivals.rate = Rate(20);
  plan.stall_timeout_s = 2.5;
  return plan;
}

FakeServer::Handler failing_once(FakeServer::Handler server, int victim, std::string answer, bool closes,
                                 std::string word) {
  return [=, count = 0](FakeServer& fake, int connection, std::string_view bytes) mutable {
    const bool publishes = bytes.find(word) != std::string_view::npos;
    if (!publishes || count++ != victim) return server(fake, connection, bytes);
    fake.send(connection, answer);
    if (closes) fake.close(connection);
  };
}

}  // namespace threadmill::load
