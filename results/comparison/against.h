#pragma once
// How far the subjects of a scenario are from the one that is first, repeat by repeat: ratios with their
// intervals, and what may be said by them. Pure functions; every thread may call them.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/comparison/comparison.h"
#include "results/statistics/ratio.h"

namespace threadmill::results {

/// What may be said of a subject beside the leader, by one metric: the bounds of the ratio lie on one side of
/// 1, and the load generator cannot have hidden that they do not.
enum class Position { ahead, behind, cannot_be_told };

/// One metric of a subject in proportion to the leader's.
struct AgainstRatio {
  Metric metric = Metric::requests_per_s;
  std::optional<RatioEstimate> ratio;  ///< subject / leader over the repeats in which both are valid
  std::optional<Interval> bounds;      ///< its interval of 95 % or, where there are too few repeats for that,
                                       ///< the range of the repeats; absent below fewest_pairs
  Hidden hidden = Hidden::nothing;     ///< what the load generator hid of the ratio
  Position position = Position::cannot_be_told;
  std::string reason;  ///< why it cannot be told, a clause; empty where it can

  /// The bounds are an interval of 95 % or more, not only what a few repeats agree on.
  bool is_sure() const { return ratio && ratio->interval; }
};

/// A subject beside the leader. Points into the comparison that it was made from.
struct Rival {
  const Row* row = nullptr;
  std::vector<AgainstRatio> ratios;  ///< one for each of Against::metrics; none where its cell is invalid
};

/// The subjects of one run against the leader. Points into the comparison that it was made from.
struct Against {
  std::size_t run = 0;
  const Row* leader = nullptr;
  Metric ranked_by = Metric::requests_per_s;  ///< the main metric or, at a set rate, CPU time
  std::vector<Metric> metrics;                ///< the main metric (but at a set rate), CPU time per request
                                              ///< or delivery, p99 of the main latency
  std::vector<Rival> rivals;                  ///< all but ceilings, which do not compete
};

/// One for each run that has a leader and somebody to put beside it. The leader is that of the verdict; at a
/// set rate, which has none, whoever takes the least CPU time. `scenario` is one of the comparison's. Each
/// ratio stands by itself: no interval is corrected for how many there are.
std::vector<Against> against_leaders(const Comparison& comparison, const ScenarioComparison& scenario);

/// "ahead", "behind" or "cannot be told".
std::string_view position_name(Position position);

}  // namespace threadmill::results
