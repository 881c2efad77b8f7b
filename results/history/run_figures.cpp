#include "results/history/run_figures.h"

#include <algorithm>
#include <utility>

#include "results/comparison/cell.h"

namespace threadmill::results {
namespace {

constexpr std::size_t only_run = 0;

void add_row(const Row& row, const std::vector<Metric>& metrics, const std::string& machine,
             HistoryScenario& scenario) {
  if (!is_comparable(row)) {
    scenario.left_out.push_back({only_run, row.subject});
    return;
  }
  for (const Metric metric : metrics) {
    const auto& spread = row.spreads[metric];
    if (!spread) continue;
    scenario.series.push_back({row.subject,
                               row.ceiling,
                               figure_of(metric),
                               machine,
                               {{only_run, *spread, hidden_of(row, metric)}},
                               {},
                               false});
  }
}

HistoryScenario of_trials(ScenarioComparison compared, const std::string& machine) {
  HistoryScenario scenario;
  const auto metrics = telling_metrics(compared);
  for (const Row& row : compared.rows) add_row(row, metrics, machine, scenario);
  compared.rows.clear();
  compared.verdicts.clear();
  compared.window_s.reset();  // of one run only
  scenario.terms = std::move(compared);
  return scenario;
}

/// Where a search ended without finding the end: at the load generator's limit or the highest level that was
/// asked for, or below the lowest.
Hidden hidden_of_capacity(Capacity::Kind kind) {
  switch (kind) {
    case Capacity::Kind::at_least:
      return Hidden::more;
    case Capacity::Kind::below:
      return Hidden::less;
    case Capacity::Kind::measured:
    case Capacity::Kind::unknown:
      break;
  }
  return Hidden::nothing;
}

/// Over the searches. Where no end was found, the interval has none either.
Spread spread_of(const Capacity& capacity) {
  Spread spread{capacity.searches, capacity.value, std::min(capacity.low, capacity.value),
                std::max(capacity.high.value_or(capacity.value), capacity.value), std::nullopt};
  if (capacity.is_confident() && capacity.high)
    spread.interval = Interval{capacity.low, *capacity.high, capacity.confidence};
  return spread;
}

HistoryScenario of_sweep(Sweep sweep, const std::string& machine) {
  HistoryScenario scenario;
  scenario.terms.name = scenario.terms.title = sweep.of;
  scenario.terms.load = sweep.load;
  for (const SweepRow& row : sweep.rows) {
    if (row.capacity.kind == Capacity::Kind::unknown) {
      scenario.left_out.push_back({only_run, row.subject});
      continue;
    }
    scenario.series.push_back({row.subject,
                               row.ceiling,
                               capacity_of(sweep),
                               machine,
                               {{only_run, spread_of(row.capacity), hidden_of_capacity(row.capacity.kind)}},
                               {},
                               false});
  }
  sweep.rows.clear();
  scenario.sweep = std::move(sweep);
  return scenario;
}

}  // namespace

std::vector<HistoryScenario> figures_of_run(Comparison comparison, const std::string& machine) {
  std::vector<HistoryScenario> scenarios;
  for (ScenarioComparison& compared : comparison.scenarios)
    scenarios.push_back(of_trials(std::move(compared), machine));
  for (Sweep& sweep : comparison.sweeps) scenarios.push_back(of_sweep(std::move(sweep), machine));
  return scenarios;
}

}  // namespace threadmill::results
