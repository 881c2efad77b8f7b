#pragma once
// The publishing half of one generator thread.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/driver.h"
#include "loadgen/engine.h"
#include "loadgen/plan.h"
#include "loadgen/pubsub_shared.h"

namespace threadmill::load {

/// Sends PUBLISH commands, fills each publisher's free window with one send, takes the replies. Publisher i
/// of the thread is connection i.
class Publishers {
 public:
  static std::size_t count_of(const Plan& plan, std::size_t thread);

  Publishers(const Plan& plan, std::size_t thread, Engine& engine, PubsubShared& shared);

  std::size_t size() const noexcept { return publishers_.size(); }
  void begin(const Phase& phase, std::uint64_t phase_number);
  void stop_sending();

  /// Replies: `bytes` were received behind those kept before. Returns how many were used; the caller keeps
  /// the rest.
  std::size_t on_replies(std::size_t index, std::string_view bytes, std::int64_t now);
  void on_writable(std::size_t index);
  /// More of the publisher's messages may be complete: it is served at the end of the turn.
  void touch(std::size_t index);
  void touch_all();
  void on_turn_end();

  /// Messages that were published and not acknowledged yet.
  std::uint64_t in_flight() const;
  std::int64_t next_due_ns() const noexcept { return std::numeric_limits<std::int64_t>::max(); }
  void on_due(std::int64_t) {}
  /// Whether it waits for anything.
  bool waits(std::size_t index) const;

 private:
  struct Publisher {
    std::int64_t receivers = 0;       // what the reply to each PUBLISH has to say
    std::int64_t slow_receivers = 0;  // besides, unless the server has dropped them
    std::uint32_t number = 0;         // in the whole run
    std::uint32_t topic = 0;
    std::uint64_t sent = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t stop_at = 0;
    bool finished = true;  // with the phase
    bool touched = false;
    std::string command;  // a whole PUBLISH, with the payload at payload_at
    std::size_t payload_at = 0;
    std::string unsent;  // what the socket did not take
  };

  void serve(std::size_t index);
  void publish(std::size_t index, std::uint64_t messages);
  std::uint64_t complete(const Publisher& publisher) const;
  bool acknowledge(std::size_t index, std::string_view bytes, std::size_t& used, std::int64_t now);
  void refused(std::string_view error);

  const Plan& plan_;
  Engine& engine_;
  PubsubShared& shared_;
  std::vector<Publisher> publishers_;
  std::uint64_t ring_;
  std::vector<std::int64_t> sent_at_;  // of what is in flight, for each publisher
  std::vector<std::size_t> touched_;
  std::string out_;
  Phase phase_;
  std::uint64_t phase_number_ = 0;
  bool sending_ = false;
};

}  // namespace threadmill::load
