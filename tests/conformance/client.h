#pragma once
// A plain blocking client, as simple as a client can be.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "os/descriptor.h"

namespace threadmill::conformance {

/// More than all buffers between a client and a server that bounds its memory can hold.
inline constexpr std::size_t kFarTooMuch = std::size_t{64} << 20;

/// Every wait ends after a limit, so that a server that does not answer fails the test instead of hanging it.
class Client {
 public:
  /// Connects to 127.0.0.1. `receive_buffer_bytes` sets SO_RCVBUF, 0 leaves it. Throws std::runtime_error.
  explicit Client(std::uint16_t port, int receive_buffer_bytes = 0);

  void send(std::string_view bytes);
  /// Sends what the socket takes now; returns how much that was.
  std::size_t send_some(std::string_view bytes);
  /// Sends `text` again and again, without reading, until neither side can go on: the socket takes nothing,
  /// and the server, that process and its children, sleeps. kFarTooMuch at most. Returns how much it was.
  std::size_t send_until_stuck(std::string_view text, pid_t server);
  /// Reads exactly that many bytes, or fewer when the peer ends or nothing comes.
  std::string read(std::size_t bytes);
  /// Reads up to and with `ending`, or what came before the peer ended.
  std::string read_until(std::string_view ending);
  /// Reads until the peer ends. A reset counts as the end.
  std::string read_to_end();
  /// What has arrived already, without waiting.
  std::string read_now();
  /// Whether the peer has ended the connection; does not read.
  bool has_ended() const;
  /// Sends and reads an answer of the same length as `expected`.
  std::string ask(std::string_view request, std::string_view expected);

  /// "I send no more."
  void half_close();
  /// Leaves with a reset instead of a proper end.
  void reset();

 private:
  /// Receives once into unread_; false at the end, at an error or when nothing comes.
  bool receive();

  os::Descriptor socket_;
  std::string unread_;
};

}  // namespace threadmill::conformance
