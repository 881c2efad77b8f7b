#pragma once
// What connections say between the messages that they are loaded with.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/engine.h"

namespace threadmill::load {

/// Keeps what a socket does not take, so that the next words go behind it.
class Outgoing {
 public:
  /// For connections first_connection .. first_connection + connections - 1 of the engine.
  Outgoing(std::size_t connections, Engine& engine, std::size_t first_connection)
      : engine_(engine), first_connection_(first_connection), unsent_(connections) {}

  /// Sends `words`, behind what is kept. Without words: what is kept, as when the socket takes more.
  void send(std::size_t index, std::string_view words = {}) {
    std::string& unsent = unsent_[index];
    unsent += words;
    const std::size_t connection = first_connection_ + index;
    if (unsent.empty() || !engine_.is_open(connection)) return;
    unsent.erase(0, engine_.send(connection, unsent.data(), unsent.size()));
  }

 private:
  Engine& engine_;
  std::size_t first_connection_;
  std::vector<std::string> unsent_;
};

}  // namespace threadmill::load
