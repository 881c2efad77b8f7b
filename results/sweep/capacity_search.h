#pragma once
// The search for a capacity: the highest level of load at which something still holds. Pure; it knows
// nothing of servers. Doubling finds two levels between which it lies; bisection on the logarithm narrows
// them.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

namespace threadmill::results {

/// A level of load: requests a second, or connections.
using Level = std::int64_t;

/// What a probe said of a level.
enum class ProbeOutcome {
  meets,
  violates,
  cannot_say,  ///< something else than the server was the limit
};

/// What was seen of each level. Where one was probed again, the later outcome counts.
using LevelOutcomes = std::map<Level, ProbeOutcome>;

/// What the levels say together. Where a level is violated below one that meets, the ends lie outside of
/// both.
struct Bracket {
  std::optional<Level> meets;       ///< the highest that meets, with nothing violated below
  std::optional<Level> violates;    ///< the lowest violated, with nothing above that meets
  std::optional<Level> cannot_say;  ///< the lowest between the two that cannot be judged
  bool disordered = false;          ///< a level was violated below one that meets

  /// The lowest level that is not known to meet, whatever the reason.
  std::optional<Level> upper_end() const { return cannot_say ? cannot_say : violates; }
  /// The capacity lies between two levels that were both judged.
  bool is_closed() const { return meets && violates && !cannot_say; }
};

Bracket bracket_of(const LevelOutcomes& outcomes);

/// Where a search looks, and how closely.
struct SearchRange {
  Level from = 1;           ///< lowest level; at least 1
  Level to = 1;             ///< highest
  double precision = 0.05;  ///< a bracket whose ends are no further apart than this share is narrow enough
};

/// Whether a search of `range` that ended with this bracket went to its end, and was not broken off.
bool is_finished(const Bracket& bracket, const SearchRange& range);

/// One search: ask next(), probe it, tell observe(). Each gives an answer of its own; a guess (an earlier
/// answer) only says where to begin. Without a guess, what would end the climb is probed once more: on a
/// machine that others use too, one disturbance would end it far too low. With a guess a disturbance misleads
/// by a step only, and asking twice for one outcome and once for the other would bend the answers upwards.
class CapacitySearch {
 public:
  explicit CapacitySearch(const SearchRange& range, std::optional<double> guess = std::nullopt);

  /// The level to probe; nothing when the search is over.
  std::optional<Level> next() const;
  /// The outcome of next().
  void observe(ProbeOutcome outcome);

  const LevelOutcomes& outcomes() const { return outcomes_; }

 private:
  Level first_level() const;
  Level within_range(double level) const;

  SearchRange range_;
  std::optional<double> guess_;
  LevelOutcomes outcomes_;
  std::optional<Level> to_confirm_;
  double step_;  // ratio of a level to the one before, as long as only one end is known
};

/// The capacity by several searches.
struct Capacity {
  enum class Kind {
    unknown,   ///< no search got anywhere
    measured,  ///< `value` lies in the middle between levels that meet and levels that are violated
    at_least,  ///< levels above could not be judged, or were not asked for
    below,     ///< the lowest level that was asked for is violated already
  };
  Kind kind = Kind::unknown;
  double value = 0;
  double low = 0;              ///< of the interval; 0 where every level was violated
  std::optional<double> high;  ///< nothing: no end was found
  double confidence = 0;       ///< 0 to 1, that the interval contains the median of all such searches
  std::size_t searches = 0;    ///< that found something
  bool disordered = false;     ///< in some search

  /// Enough searches for an interval of 95 %.
  bool is_confident() const { return confidence >= 0.95; }
};

/// Each search is one answer: a range in which the capacity lay at its time. The median of their middles, and
/// an interval from an order statistic of the lower ends to one of the upper ends
/// (results/statistics/statistics.h): smallest to largest with fewer than six searches.
Capacity combine(std::span<const Bracket> searches);

}  // namespace threadmill::results
