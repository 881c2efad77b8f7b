#pragma once
// What the fake servers of the request drivers have in common.

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "tests/loadgen/fake_server.h"

namespace threadmill::load {

/// Called for each whole request, with its number on its connection, from 0.
using RequestHandler = std::function<void(FakeServer& server, int connection, int number)>;

/// Cuts what connections send into requests, each of which must be `request`. Anything else is answered by
/// closing the connection, so that a wrong request fails the test.
inline FakeServer::Handler by_request(std::string request, RequestHandler handle) {
  struct Stream {
    std::string bytes;
    int next = 0;
  };
  return [request = std::move(request), handle = std::move(handle), streams = std::map<int, Stream>()](
             FakeServer& server, int connection, std::string_view bytes) mutable {
    Stream& stream = streams[connection];
    stream.bytes += bytes;
    for (; stream.bytes.size() >= request.size(); stream.bytes.erase(0, request.size())) {
      if (!stream.bytes.starts_with(request)) return server.close(connection);
      handle(server, connection, stream.next++);
    }
  };
}

/// Answers request number n with reply(n).
inline FakeServer::Handler replies(std::string request, std::function<std::string(int number)> reply) {
  return by_request(std::move(request),
                    [reply = std::move(reply)](FakeServer& server, int connection, int number) {
                      server.send(connection, reply(number));
                    });
}

/// Answers each request with `reply` in two sends, so far apart that they are received apart, cut at another
/// byte each time.
inline FakeServer::Handler replies_in_parts(std::string request, std::string reply) {
  return by_request(std::move(request),
                    [reply = std::move(reply)](FakeServer& server, int connection, int number) {
                      const std::size_t cut = 1 + static_cast<std::size_t>(number) % (reply.size() - 1);
                      server.send(connection, reply.substr(0, cut));
                      std::this_thread::sleep_for(std::chrono::milliseconds(1));
                      server.send(connection, reply.substr(cut));
                    });
}

}  // namespace threadmill::load
