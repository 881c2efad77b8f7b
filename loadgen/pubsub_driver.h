#pragma once
// Loads a publish/subscribe server: publishers, and subscribers that check what they receive.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/driver.h"
#include "loadgen/engine.h"
#include "loadgen/plan.h"
#include "loadgen/publishers.h"
#include "loadgen/pubsub_protocol.h"
#include "loadgen/pubsub_shared.h"
#include "loadgen/subscribers.h"

namespace threadmill::load {

/// Publishers and subscribers of a fan-out: a message leaves its publisher's window when it was acknowledged
/// and every subscriber of its topic, in whichever thread, has it. Connections: first the publishers, then
/// the subscribers.
class PubsubDriver final : public Driver {
 public:
  /// How many of the plan's connections thread `thread` has.
  static std::size_t connections_of(const Plan& plan, std::size_t thread);

  PubsubDriver(const Plan& plan, std::size_t thread, Engine& engine, PubsubShared& shared);

  void on_connected(std::size_t connection) override;
  void on_readable(std::size_t connection) override;
  void on_writable(std::size_t connection) override;
  void on_turn_end(bool woken) override;
  void begin(const Phase& phase) override;
  void stop_sending() override;
  bool finished() const override { return shared_.all_finished(phase_number_); }
  bool awaits_answers() const override { return publishers_.any_waits() || !shared_.all_delivered(); }
  std::uint64_t in_flight() const override { return publishers_.in_flight(); }
  std::int64_t next_due_ns() const noexcept override { return publishers_.next_due_ns(); }
  void on_due(std::int64_t now_ns) override { publishers_.on_due(now_ns); }
  void close_books(bool stalled) override;

 private:
  bool is_publisher(std::size_t connection) const { return connection < publishers_.size(); }
  std::string_view consume(std::size_t connection, std::span<char> bytes, std::size_t fresh_at,
                           std::int64_t now);
  std::size_t take_greeting(std::size_t connection, std::string_view bytes);
  void pass_on_progress();

  bool paced_;
  std::size_t threads_;
  std::size_t thread_;
  Engine& engine_;
  PubsubShared& shared_;
  std::unique_ptr<const PubsubProtocol> protocol_;
  Publishers publishers_;
  Subscribers subscribers_;
  std::vector<std::string> kept_;  // for each connection: the beginning of what is not complete yet
  std::vector<char> in_;
  std::vector<char> to_wake_;  // threads
  std::uint64_t phase_number_ = 0;
};

}  // namespace threadmill::load
