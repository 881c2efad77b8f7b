#pragma once
// When requests are due: pure arithmetic, no clock of its own.

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <cstdint>
#include <limits>

#include "loadgen/rate.h"

namespace threadmill::load {

/// What makes a request due.
enum class ArrivalProcess {
  closed,    ///< an answer makes the next request of its connection due, after a time to think
  constant,  ///< requests are due at even distances
  poisson,   ///< requests are due at exponentially distributed distances, as those of many independent users
             ///< are
};

/// The due times of an open loop, one after the other, in ns of the caller's clock. They are settled by the
/// seed and the rate alone: neither a late look at them nor a late answer moves one. A Poisson process with a
/// rate that changes is the unit process with its time stretched (the time-change theorem; D. J. Daley,
/// D. Vere-Jones, An Introduction to the Theory of Point Processes, 7.4).
class Arrivals {
 public:
  /// `process`: constant or poisson. One of `parts` generators (0 .. parts - 1), which together make the
  /// rate.
  Arrivals(ArrivalProcess process, const Rate& rate, std::uint64_t seed, std::uint32_t part,
           std::uint32_t parts);

  /// Everything due is due from `start_ns` on.
  void start(std::int64_t start_ns) noexcept;

  /// When the next request is due; never before the one before it.
  std::int64_t due_ns() const noexcept { return due_ns_; }
  /// Goes on to the request after that.
  void pop() noexcept;

  /// Pops all that are due before `until_ns`, and gives each to `take(due_ns)`.
  template <typename Take>
  void pop_until(std::int64_t until_ns, Take&& take) {
    for (; due_ns_ < until_ns; pop()) take(due_ns_);
  }

 private:
  ArrivalProcess process_;
  Rate rate_;
  double parts_;
  double count_;  // of the whole rate: how many are due on average by due_ns_
  boost::random::mt19937_64 random_;
  boost::random::exponential_distribution<double> distance_;
  std::int64_t start_ns_ = 0;
  std::int64_t due_ns_ = std::numeric_limits<std::int64_t>::max();
};

/// How long a client thinks between an answer and its next request.
class ThinkTime {
 public:
  enum class Distribution { constant, exponential };

  ThinkTime(Distribution distribution, std::int64_t mean_ns, std::uint64_t seed);

  /// The next time to think, in ns.
  std::int64_t next_ns() noexcept;
  /// The rest of a thought that began before we looked, so that clients who all think equally long do not
  /// march in step: evenly between 0 and that time.
  std::int64_t rest_ns() noexcept;

 private:
  Distribution distribution_;
  double mean_ns_;
  boost::random::mt19937_64 random_;
  boost::random::exponential_distribution<double> unit_;
};

}  // namespace threadmill::load
