#pragma once
// Who is best in a scenario among those that keep a service level: one cell of a crossover map. Pure
// functions.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "results/comparison/comparison.h"

namespace threadmill::results {

/// The service level of a crossover map: 99 of 100 answers in less. An answer within a tenth of a second is
/// felt as immediate (Nielsen, "Usability Engineering", 1993, chapter 5).
inline constexpr double kCrossoverP99_ns = 100e6;

enum class CrossoverOutcome {
  winner,
  too_close,   ///< the leader does not beat all of its rivals, or does not keep the level in every repeat
  held_back,   ///< it beats those that it can be held against, but the generator limited a rival, or may have
               ///< made its own answers late
  none_keeps,  ///< nobody keeps the service level in any repeat
  invalid,     ///< no cell is one that may be compared
  not_judged,  ///< fewer than fewest_pairs repeats, too few answers for a p99, or nobody to compare with
};

struct CrossoverCell {
  CrossoverOutcome outcome = CrossoverOutcome::not_judged;
  std::string best;                  ///< subject of the winner, else of the leader, if there is one; else ""
  std::vector<std::string> violate;  ///< subjects with good figures that break the service level every time
};

/// Of one run. The best has the highest rate or, where a schedule sets the rate, the lowest CPU time for each
/// request or delivery. Who alone keeps the service level wins. The level is kept where every repeat keeps
/// it, and broken where every repeat breaks it; who keeps it now and then competes, and cannot win.
CrossoverCell judge_crossover(const ScenarioComparison& scenario, std::size_t run,
                              double p99_below_ns = kCrossoverP99_ns);

/// "winner", "too close", "held back", "none keeps the level", "invalid" or "not judged".
std::string_view crossover_outcome_name(CrossoverOutcome outcome);

}  // namespace threadmill::results
