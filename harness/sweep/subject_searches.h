#pragma once
// The searches for one subject's capacity, one after the other, and the order in which subjects take turns.
// Pure.

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "results/sweep/capacity_search.h"
#include "results/sweep/probe.h"

namespace threadmill::harness {

/// So many searches, each an answer of its own. The first climbs from the lowest level; each further one
/// begins near the median of the answers before it, a little to one side, so that they do not all ask the
/// same levels.
class SubjectSearches {
 public:
  SubjectSearches(const results::SearchRange& range, int searches, std::uint64_t seed);

  struct Step {
    results::Level level = 0;
    int repeat = 0;  ///< which search, from 0
  };
  /// What to probe next; nothing when all is known, or will not be.
  std::optional<Step> next() const;
  /// What the probe of next() said. A probe without an outcome ends the searches.
  void observe(const results::ProbeVerdict& verdict);

  /// Whether a probe without an outcome ended them.
  bool is_broken() const { return broken_; }
  /// Whether some level was seen to meet or to be violated.
  bool knows_something() const;

 private:
  std::optional<double> guess();

  results::SearchRange range_;
  int searches_;
  std::mt19937_64 random_;
  std::vector<results::Bracket> answers_;
  results::CapacitySearch search_;
  bool broken_ = false;
};

/// The order in which `count` subjects take their turn in step `step`: each even step is shuffled, each odd
/// one is the mirror of the step before it, so that a drift of the machine falls on all alike.
std::vector<std::size_t> order_of_step(std::size_t count, std::size_t step, std::uint64_t seed);

}  // namespace threadmill::harness
