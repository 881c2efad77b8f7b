#pragma once
// Loads an echo server: what is sent must come back, byte for byte, in order, on its own connection.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "loadgen/driver.h"
#include "loadgen/echo_message.h"
#include "loadgen/engine.h"
#include "loadgen/plan.h"

namespace threadmill::load {

/// Closed loop: each answer triggers the next request of its connection, `pipeline` requests in flight.
class EchoDriver final : public Driver {
 public:
  /// How many of the plan's connections thread `thread` has.
  static std::size_t connections_of(const Plan& plan, std::size_t thread);

  EchoDriver(const Plan& plan, std::size_t thread, Engine& engine);

  void on_connected(std::size_t connection) override;
  void on_readable(std::size_t connection) override;
  void on_writable(std::size_t connection) override;
  void on_turn_end(bool) override {}
  void begin(const Phase& phase) override;
  void stop_sending() override;
  bool finished() const override { return busy_ == 0; }
  void close_books(bool stalled) override;

 private:
  struct Client {
    std::uint64_t next = 0;      // sequence of the next request to begin
    std::uint64_t answered = 0;  // every request below is settled
    std::uint64_t stop_at = 0;   // sequence at which the phase ends
    std::uint64_t highest = 0;   // one past the latest request that was answered
    std::uint64_t sending = 0;   // request that is partly sent; next: none
    std::size_t sent_part = 0;   // bytes of it that were sent
    std::size_t got_part = 0;    // bytes of the answer under way
    std::uint32_t in_flight = 0;
    bool got_wrong = false;  // the filler of the answer under way is not right
    bool forgotten = false;  // lost; its requests in flight no longer count as busy
    std::array<char, EchoMessages::kStampBytes> head{};  // its stamp
  };

  std::uint64_t number_of(std::size_t connection) const { return connection * threads_ + thread_; }
  std::int64_t& sent_at(std::size_t connection, std::uint64_t sequence) {
    return sent_at_[connection * ring_ + (sequence & (ring_ - 1))];
  }
  void send_more(std::size_t connection, std::int64_t now);
  void push_bytes(std::size_t connection);
  std::size_t take_part(std::size_t connection, const char* bytes, std::size_t size, std::int64_t now);
  void judge(std::size_t connection, std::int64_t now);
  void answer(std::size_t connection, std::uint64_t sequence, std::int64_t now);
  void settle(std::size_t connection, std::uint64_t sequence);
  void forget_if_lost(std::size_t connection);

  Engine& engine_;
  std::size_t threads_;
  std::size_t thread_;
  std::uint32_t pipeline_;
  EchoMessages messages_;
  std::uint64_t ring_;
  std::vector<Client> clients_;
  std::vector<std::int64_t> sent_at_;  // of requests in flight; kSettled: already answered
  std::vector<char> out_;
  std::vector<char> in_;
  Phase phase_;
  bool sending_ = false;
  std::uint64_t busy_ = 0;  // requests in flight on open connections
};

}  // namespace threadmill::load
