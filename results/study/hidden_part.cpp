#include "results/study/hidden_part.h"

#include <fmt/ranges.h>

#include "results/comparison/cell.h"

namespace threadmill::results {
void HiddenPart::add(const ClaimSide& side, int sign) {
  add_cell(side.scenario, side.subject, sign);
  if (!side.base_scenario.empty()) add_cell(side.base_scenario, side.subject, -sign);
}

std::string HiddenPart::held_back() const { return fmt::format("{}", fmt::join(names_, ", ")); }

void HiddenPart::add_cell(const std::string& scenario, const std::string& subject, int sign) {
  const Hidden of_cell = hidden_of(*cells_.find(scenario, subject), metric_);
  if (of_cell == Hidden::nothing) return;
  hidden_ = both(hidden_, sign > 0 ? of_cell : opposite(of_cell));
  names_.push_back(fmt::format("{} in {}", subject, scenario));
}

}  // namespace threadmill::results
