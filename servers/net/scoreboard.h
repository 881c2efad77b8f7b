#pragma once
// What each of many child processes is doing, for all of them to see: as Apache httpd's scoreboard.

#include <atomic>
#include <cstdint>

#include "servers/counts.h"
#include "servers/net/shared_array.h"

namespace threadmill::servers {

/// What children count for their parent.
struct SharedCounts {
  std::atomic<std::uint64_t> accepted;
  std::atomic<std::uint64_t> refused;
  std::atomic<std::uint64_t> slow_disconnected;
  std::atomic<std::uint64_t> deliveries_dropped;

  void add_to(ServeCounts& sum) const {
    sum.accepted += accepted;
    sum.refused += refused;
    sum.slow_disconnected += slow_disconnected;
    sum.deliveries_dropped += deliveries_dropped;
  }
};

/// A place for each child, in memory that all share: what a child that is killed has said of itself stays.
class Scoreboard {
 public:
  /// `accepting`: about to take a client, if nobody else does.
  enum class State : std::uint8_t { none, idle, accepting, busy, ending };

  /// Throws std::system_error.
  explicit Scoreboard(std::size_t places) : states_(places), totals_(1) {}

  State state(std::size_t place) const { return states_[place]; }
  void set(std::size_t place, State state) { states_[place] = state; }

  /// From one state to another; false when it is in a third one.
  bool change(std::size_t place, State from, State to) {
    return states_[place].compare_exchange_strong(from, to);
  }

  /// A place that is free, now idle. The parent only; there is one where it has fewer children than places.
  std::size_t take_place() {
    std::size_t place = 0;
    while (state(place) != State::none) ++place;
    set(place, State::idle);
    if (place >= totals_[0].places_used) totals_[0].places_used = place + 1;
    return place;
  }

  /// Those that serve nobody, and can.
  std::size_t idle() const {
    std::size_t idle = 0;
    for (std::size_t place = 0; place < totals_[0].places_used; ++place) {
      const State now = state(place);
      if (now == State::idle || now == State::accepting) ++idle;
    }
    return idle;
  }

  SharedCounts& counts() { return totals_[0].counts; }

 private:
  struct Totals {
    SharedCounts counts;
    std::atomic<std::size_t> places_used;  ///< no child has ever had one from there on
  };
  SharedArray<std::atomic<State>> states_;
  SharedArray<Totals> totals_;
};

}  // namespace threadmill::servers
