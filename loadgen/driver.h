#pragma once
// What a protocol has to do so that the engine can load a server with it.

#include <cstddef>
#include <cstdint>
#include <limits>

namespace threadmill::load {

/// How long a phase of sending lasts. Times are CLOCK_MONOTONIC.
struct Phase {
  std::int64_t start_ns = 0;  ///< the same in all threads: what a schedule counts from
  std::int64_t deadline_ns = std::numeric_limits<std::int64_t>::max();
  std::uint64_t messages = std::numeric_limits<std::uint64_t>::max();  ///< of each sender
  bool warmup = false;  ///< a rate that grows does not grow yet
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
  /// Something was sent and not answered yet.
  virtual bool awaits_answers() const = 0;
  /// How many requests or messages were sent and not answered yet.
  virtual std::uint64_t in_flight() const = 0;

  /// When on_due() has something to do by itself, without any event.
  virtual std::int64_t next_due_ns() const noexcept = 0;
  /// next_due_ns() has passed.
  virtual void on_due(std::int64_t now_ns) = 0;

  /// After the last phase: counts what never arrived. `stalled`: connections that still wait have timed out.
  virtual void close_books(bool stalled) = 0;
};

}  // namespace threadmill::load
