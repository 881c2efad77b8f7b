#pragma once
// When the requests of a paced load are due.

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "loadgen/arrivals.h"
#include "loadgen/driver.h"
#include "loadgen/plan.h"

namespace threadmill::load {

/// What falls due in one generator thread, phase by phase: the arrivals of an open loop, or the senders of a
/// closed loop who have thought. Pure arithmetic: every time is given, in ns of CLOCK_MONOTONIC. Nothing is
/// due before the first phase, nor after stop() or end(). Not thread-safe.
class Pacer {
 public:
  /// A sender who thinks.
  struct Thought {
    std::int64_t due_ns;
    std::uint32_t who;
    std::uint32_t life;  ///< the caller's, to know thoughts of a connection that was left since
    bool operator>(const Thought& other) const { return due_ns > other.due_ns; }
    bool operator==(const Thought&) const = default;
  };

  /// For one of the `threads` that share the load's rate.
  Pacer(const ArrivalLoad& load, std::uint64_t seed, std::size_t thread, std::size_t threads);

  bool open() const noexcept { return load_.open(); }
  bool paced() const noexcept { return load_.paced(); }

  /// A phase begins: no arrival is due before its start, and nobody thinks yet. Each phase
  /// has other Poisson arrivals; in a warm-up, a rate that grows does not grow yet.
  void begin(const Phase& phase);

  /// A sender begins to think. Ignored when no phase is under way.
  void think(std::size_t who, std::uint32_t life, std::int64_t now_ns);
  /// The same for one who begins with the phase or the connection: only the rest of a thought.
  void think_on(std::size_t who, std::uint32_t life, std::int64_t now_ns);

  /// When something is to be done: the end of the phase, or what is due before it. `place`: there is a sender
  /// for an arrival. INT64_MAX when no phase is under way.
  std::int64_t next_due_ns(bool place) const noexcept;

  /// The arrival that is due by `now_ns` and before the deadline, if there is one; it stays until
  /// pop_arrival().
  std::optional<std::int64_t> arrival(std::int64_t now_ns) const noexcept;
  void pop_arrival() noexcept { arrivals_.pop(); }

  /// Takes the first who has thought by `now_ns` and before the deadline, if there is one.
  std::optional<Thought> pop_thought(std::int64_t now_ns);

  /// The phase is broken off.
  void stop();

  /// The phase ends at its deadline: gives each arrival before it that was not taken to `unsent(due_ns)`.
  template <typename Take>
  void end(Take&& unsent) {
    stop();
    if (open()) arrivals_.pop_until(deadline_ns_, unsent);
  }

 private:
  bool is_due(std::int64_t due_ns, std::int64_t now_ns) const noexcept {
    return under_way_ && due_ns <= now_ns && due_ns < deadline_ns_;
  }

  ArrivalLoad load_;
  std::uint64_t seed_;
  std::uint32_t thread_;
  std::uint32_t threads_;
  Arrivals arrivals_;
  ThinkTime think_time_;
  std::priority_queue<Thought, std::vector<Thought>, std::greater<>> thinking_;
  std::int64_t deadline_ns_ = 0;
  std::uint64_t phases_ = 0;
  bool under_way_ = false;
};

}  // namespace threadmill::load
