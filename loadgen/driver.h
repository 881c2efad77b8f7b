#pragma once
// What a protocol has to do so that the engine can load a server with it.

#include <cstddef>
#include <cstdint>
#include <limits>

namespace threadmill::load {

/// How long a phase of sending lasts.
struct Phase {
  std::int64_t deadline_ns = std::numeric_limits<std::int64_t>::max();  ///< CLOCK_MONOTONIC
  std::uint64_t messages = std::numeric_limits<std::uint64_t>::max();   ///< of each sender
};

/// The protocol's part in one generator thread. Connections are numbered from 0 in each thread. Everything is
/// called in that thread.
class Driver {
 public:
  virtual ~Driver() = default;

  /// The connection is established. When it can carry load (at once, or after a greeting), the driver says
  /// Engine::ready().
  virtual void on_connected(std::size_t connection) = 0;
  /// There is something to receive; or the connection ended, which Engine::receive() finds out.
  virtual void on_readable(std::size_t connection) = 0;
  /// There is room again for what Engine::send() did not take.
  virtual void on_writable(std::size_t connection) = 0;
  /// All events of one turn were handed out. `woken`: another thread may have made progress.
  virtual void on_turn_end(bool woken) = 0;

  /// Starts to send on all ready connections, and on others as they become ready.
  virtual void begin(const Phase& phase) = 0;
  /// Sends nothing new from now on.
  virtual void stop_sending() = 0;
  /// Everything that the phase is to send was sent and answered.
  virtual bool finished() const = 0;

  /// After the last phase: counts what never arrived. `stalled`: connections that still wait have timed out.
  virtual void close_books(bool stalled) = 0;
};

}  // namespace threadmill::load
