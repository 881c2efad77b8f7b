#include "tests/loadgen/fake_echo.h"

#include <map>

namespace threadmill::load {

Plan echo_plan(std::uint16_t port, std::uint32_t connections, std::uint32_t message_bytes,
               std::uint64_t messages) {
  Plan plan;
  plan.target = {"127.0.0.1", port};
  plan.driver = DriverKind::echo;
  plan.requests.connections = connections;
  plan.message_bytes = message_bytes;
  plan.stop.messages = messages;
  plan.stall_timeout_s = 5;
  return plan;
}

void plain_echo(FakeServer& server, int connection, std::string_view bytes) {
  server.send(connection, bytes);
}

FakeServer::Handler by_message(MessageHandler handle) {
  struct Stream {
    std::string bytes;
    int next = 0;
  };
  return [handle = std::move(handle), streams = std::map<int, Stream>()](FakeServer& server, int connection,
                                                                         std::string_view bytes) mutable {
    Stream& stream = streams[connection];
    stream.bytes += bytes;
    for (; stream.bytes.size() >= 64; stream.bytes.erase(0, 64)) {
      handle(server, connection, stream.next++, stream.bytes.substr(0, 64));
    }
  };
}

}  // namespace threadmill::load
