#pragma once
// A tiny server in a thread of the test, whose every byte the test decides.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>

#include "os/descriptor.h"

namespace threadmill::load {

class FakeServer {
 public:
  /// Called in the server's thread for what a connection sent. Connections are numbered from 0 as accepted.
  using Handler = std::function<void(FakeServer& server, int connection, std::string_view bytes)>;

  explicit FakeServer(Handler handler);
  ~FakeServer();

  std::uint16_t port() const { return port_; }

  // For the handler.
  void send(int connection, std::string_view bytes);
  void close(int connection);
  /// Whether any connection has sent what was not read yet.
  bool anything_pending() const;

 private:
  void serve();
  void accept_one();
  void read_from(int connection);

  Handler handler_;
  os::Descriptor listener_;
  std::uint16_t port_ = 0;
  std::map<int, os::Descriptor> connections_;
  int next_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

/// A port on which nothing listens.
std::uint16_t closed_port();

}  // namespace threadmill::load
