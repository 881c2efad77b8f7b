#include "tests/loadgen/fake_broker.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

namespace threadmill::load {
namespace {

struct State {
  std::map<int, std::string> unread;  // of each connection
  std::vector<int> subscribers;
  std::size_t publications = 0;

  void publish(FakeServer& server, const std::string& topic, const std::string& payload,
               const Deliver& deliver) {
    for (std::size_t i = 0; i < subscribers.size(); ++i) {
      server.send(subscribers[i], deliver({i, publications, topic, payload}));
    }
    ++publications;
  }
};

/// Takes the text up to and with `ending` off the front; "" where that has not come.
std::string take(std::string& text, const std::string& ending) {
  const auto end = text.find(ending);
  if (end == std::string::npos) return "";
  std::string taken = text.substr(0, end + ending.size());
  text.erase(0, taken.size());
  return taken;
}

std::size_t content_length_of(const std::string& head) {
  const auto at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

}  // namespace

FakeServer::Handler sse_server(std::string head, Deliver deliver) {
  return [state = std::make_shared<State>(), head = std::move(head), deliver = std::move(deliver)](
             FakeServer& server, int connection, std::string_view bytes) {
    auto& unread = state->unread[connection];
    unread += bytes;
    for (;;) {
      const auto end = unread.find("\r\n\r\n");
      if (end == std::string::npos) return;
      const std::size_t body_bytes = content_length_of(unread.substr(0, end));
      if (unread.size() < end + 4 + body_bytes) return;
      const std::string request = take(unread, "\r\n\r\n");
      const std::string body = unread.substr(0, body_bytes);
      unread.erase(0, body_bytes);
      if (request.starts_with("GET /events?topic=topic-0 ")) {
        state->subscribers.push_back(connection);
        server.send(connection, head);
      } else if (request.starts_with("POST /topics/topic-0/messages ")) {
        state->publish(server, "topic-0", nlohmann::json::parse(body).at("data"), deliver);
        const std::string answer =
            fmt::format("{{\"id\":\"x-1\",\"receivers\":{}}}", state->subscribers.size());
        server.send(connection,
                    fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", answer.size(), answer));
      }
    }
  };
}

std::string event(const Delivered& publication) {
  const nlohmann::json data = {{"topic", publication.topic}, {"data", publication.payload}};
  return fmt::format("id: abc-{}\ndata: {}\n\n", publication.number, data.dump());
}

std::string chunk(const std::string& bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }

FakeServer::Handler nats_server(Deliver deliver) {
  return [state = std::make_shared<State>(), deliver = std::move(deliver)](FakeServer& server, int connection,
                                                                           std::string_view bytes) {
    auto& unread = state->unread[connection];
    unread += bytes;
    for (std::string line = take(unread, "\r\n"); !line.empty(); line = take(unread, "\r\n")) {
      std::istringstream words(line);
      std::string verb;
      std::string topic;
      std::size_t size = 0;
      words >> verb >> topic;
      if (verb == "CONNECT") {
        const bool verbose = line.find("\"verbose\":true") != std::string::npos;
        server.send(connection,
                    verbose ? "INFO {\"server_id\":\"x\"}\r\n+OK\r\n" : "INFO {\"server_id\":\"x\"}\r\n");
      } else if (verb == "PING") {
        server.send(connection, "PONG\r\n");
      } else if (verb == "SUB") {
        state->subscribers.push_back(connection);
      } else if (verb == "PUB" && words >> size) {
        if (unread.size() < size + 2) {
          unread.insert(0, line);
          return;
        }
        const std::string payload = unread.substr(0, size);
        unread.erase(0, size + 2);
        state->publish(server, topic, payload, deliver);
        server.send(connection, "+OK\r\n");
      }
    }
  };
}

std::string nats_message(const Delivered& publication) {
  return fmt::format("MSG {} 1 {}\r\n{}\r\n", publication.topic, publication.payload.size(),
                     publication.payload);
}

Plan broker_plan(const FakeServer& server, PubsubWire protocol, std::uint32_t publishers,
                 std::uint32_t subscribers) {
  Plan plan;
  plan.target = {"127.0.0.1", server.port()};
  plan.driver = DriverKind::pubsub;
  plan.pubsub.protocol = protocol;
  plan.pubsub.publishers = publishers;
  plan.pubsub.subscribers = subscribers;
  plan.pubsub.window = 4;
  plan.message_bytes = 64;
  plan.stop.messages = 20;
  plan.stall_timeout_s = 5;
  return plan;
}

}  // namespace threadmill::load
