#pragma once
// Who won a scenario, and when nobody may say so.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "results/comparison/comparison.h"

namespace threadmill::results {

/// The verdict over the rows of one run, by `metric`: more of it is better, unless its traits say that less
/// is. Ceilings do not compete, invalid cells are left out, and so are rows of which `competes` says no.
Verdict judge(const std::vector<Row>& rows, std::size_t run, Metric metric,
              const std::function<bool(const Row&)>& competes = {});

/// The place of a row by the verdict on its run.
enum class Standing {
  winner,
  too_close,   ///< the leader, where there is no winner, and those that it did not surely beat
  beaten,      ///< the leader is surely ahead: see Verdict
  invalid,     ///< its figures may be compared with nothing
  not_judged,  ///< a ceiling, a rate that is set, too few repeats, or nobody to compare with
};

Standing standing_of(const ScenarioComparison& scenario, const Row& row);

/// Whether nobody may say which of the two is faster, the leader or this rival.
bool is_undecided(const Verdict& verdict, const std::string& rival);

/// "winner", "too close", "beaten", "invalid" or "not judged".
std::string_view standing_name(Standing standing);

}  // namespace threadmill::results
