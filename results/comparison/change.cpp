#include "results/comparison/change.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "results/comparison/cell.h"
#include "results/comparison/counterparts.h"
#include "results/statistics/multiple_tests.h"
#include "results/statistics/rank_test.h"

namespace threadmill::results {
namespace {

bool all_above_zero(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return value > 0; });
}

/// second / first, or why there is none.
void add_ratio(Change& change, const RowPair& pair, Metric metric, Pairing pairing) {
  const auto before = values_of(*pair.first, metric), after = values_of(*pair.second, metric);
  change.kind = ChangeKind::no_ratio;
  if (before.empty() || after.empty()) {
    change.reason = "one side did not measure it";
  } else if (!all_above_zero(before) || !all_above_zero(after)) {
    change.reason = "a value of 0 is in no proportion to anything";
  } else {
    change.ratio = pairing == Pairing::paired
                       ? ratio_of_pairs(paired_ratios(*pair.second, *pair.first, metric))
                       : ratio_of_samples(after, before);
    if (!change.ratio) change.reason = "no repeat has a valid trial of both";
  }
  if (!change.ratio) return;
  change.kind = may_turn(change.ratio_hidden(), change.ratio->ratio) ? ChangeKind::held_back
                                                                     : ChangeKind::no_difference;
}

/// Why nobody may compare the two; empty where all may. `first_name` and `second_name` tell them apart.
std::string what_forbids(const RowPair& pair, const std::string& first_name, const std::string& second_name) {
  std::vector<std::string> reasons;
  const std::pair<const Row*, const std::string&> sides[] = {{pair.first, first_name},
                                                             {pair.second, second_name}};
  for (const auto& [row, name] : sides) {
    const CellVerdict verdict = judge_cell(*row);
    if (verdict.state == CellState::invalid) reasons.push_back(name + ": " + verdict.reason);
  }
  return fmt::format("{}", fmt::join(reasons, "; "));
}

Change change_of(const RowPair& pair, Metric metric, const ChangeTable& table) {
  Change change;
  change.scenario = pair.scenario->name;
  if (pair.first->subject == pair.second->subject) change.subject = pair.first->subject;
  change.ceiling = pair.first->ceiling && pair.second->ceiling;
  change.first = pair.first->spreads[metric];
  change.second = pair.second->spreads[metric];
  change.first_hidden = hidden_of(*pair.first, metric);
  change.second_hidden = hidden_of(*pair.second, metric);
  change.reason = what_forbids(pair, table.first, table.second);
  if (change.reason.empty()) {
    add_ratio(change, pair, metric, table.pairing);
  } else {
    change.kind = ChangeKind::invalid;
  }
  return change;
}

bool shows(const ScenarioComparison& scenario, Metric metric, const ChangeOptions& options) {
  const auto shown = options.metrics.empty() ? telling_metrics(scenario) : options.metrics;
  return std::find(shown.begin(), shown.end(), metric) != shown.end();
}

/// In the order of all metrics; a pair of which neither side has the metric is left out.
std::vector<ChangesOfMetric> changes_by_metric(const std::vector<RowPair>& pairs, const ChangeTable& table,
                                               const ChangeOptions& options) {
  std::vector<ChangesOfMetric> blocks;
  for (const MetricTraits& traits : metrics()) {
    ChangesOfMetric block{traits.metric, {}};
    for (const RowPair& pair : pairs) {
      const bool measured = pair.first->spreads[traits.metric] || pair.second->spreads[traits.metric];
      if (measured && shows(*pair.scenario, traits.metric, options))
        block.changes.push_back(change_of(pair, traits.metric, table));
    }
    if (!block.changes.empty()) blocks.push_back(std::move(block));
  }
  return blocks;
}

ChangeKind direction(Better better, double ratio) {
  if (better == Better::neither) return ChangeKind::different;
  return (ratio > 1) == (better == Better::more) ? ChangeKind::better : ChangeKind::worse;
}

/// A test of the table and the metric that it is about.
struct Test {
  Change* change = nullptr;
  Better better = Better::neither;
};

/// What is held back cannot show a difference, so it is none of the tests that are corrected together.
std::vector<Test> tests_of(ChangeTable& table) {
  std::vector<Test> tests;
  for (ChangesOfMetric& block : table.metrics)
    for (Change& change : block.changes)
      if (change.ratio && change.kind != ChangeKind::held_back)
        tests.push_back({&change, traits_of(block.metric).better});
  return tests;
}

/// Whether the test could have found a difference, had its samples been as far apart as can be and the other
/// tests as they are.
bool could_find(std::vector<double> p_values, std::size_t which, const RatioEstimate& ratio) {
  p_values[which] = smallest_p(ratio);
  return holm(p_values)[which] <= significance_level;
}

/// All p-values of the table are corrected together: who looks at all of them is fooled by the luckiest.
void judge_changes(ChangeTable& table) {
  const std::vector<Test> tests = tests_of(table);
  std::vector<double> p_values;
  for (const Test& test : tests) p_values.push_back(test.change->ratio->p_value);
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    Change& change = *tests[i].change;
    change.corrected_p = corrected[i];
    if (corrected[i] <= significance_level) {
      change.kind = direction(tests[i].better, change.ratio->ratio);
    } else if (!could_find(p_values, i, *change.ratio)) {
      change.kind = ChangeKind::too_few;
    }
  }
  table.tests = tests.size();
  const double share = significance_level / static_cast<double>(std::max<std::size_t>(tests.size(), 1));
  table.samples_needed =
      table.pairing == Pairing::paired ? signed_rank_count_needed(share) : rank_sum_count_needed(share);
}

/// With labels, pairing and the cells that have a counterpart.
ChangeTable table_of(std::string first, std::string second, Pairing pairing, Counterparts counterparts,
                     const ChangeOptions& options) {
  ChangeTable table;
  table.first = std::move(first);
  table.second = std::move(second);
  table.pairing = pairing;
  table.not_compared = std::move(counterparts.without);
  table.metrics = changes_by_metric(counterparts.pairs, table, options);
  judge_changes(table);
  return table;
}

void add_warnings(ChangeTable& table, const Run& run) {
  table.warnings.insert(table.warnings.end(), run.warnings.begin(), run.warnings.end());
}

}  // namespace

std::vector<ChangeTable> changes_between_runs(const std::vector<ResultFile>& files,
                                              const ChangeOptions& options) {
  return changes_between_runs(compare(files), files, options);
}

std::vector<ChangeTable> changes_between_runs(const Comparison& comparison,
                                              const std::vector<ResultFile>& files,
                                              const ChangeOptions& options) {
  std::vector<ChangeTable> tables;
  for (std::size_t run = 1; run < files.size(); ++run) {
    tables.push_back(table_of(comparison.runs[0].label, comparison.runs[run].label, Pairing::unpaired,
                              counterparts_of_runs(comparison, run, options.scenarios), options));
    tables.back().environment = environment_differences(files[0], files[run]);
    add_warnings(tables.back(), comparison.runs[0]);
    add_warnings(tables.back(), comparison.runs[run]);
  }
  return tables;
}

std::vector<ChangeTable> changes_between_subjects(const ResultFile& file,
                                                  const std::vector<std::string>& subjects,
                                                  const ChangeOptions& options) {
  const Comparison comparison = compare({file});
  std::vector<ChangeTable> tables;
  for (std::size_t i = 1; i < subjects.size(); ++i) {
    tables.push_back(
        table_of(subjects[0], subjects[i], Pairing::paired,
                 counterparts_of_subjects(comparison, subjects[0], subjects[i], options.scenarios), options));
    add_warnings(tables.back(), comparison.runs[0]);
  }
  return tables;
}

std::string_view change_kind_name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::no_difference:
      return "no-difference";
    case ChangeKind::better:
      return "better";
    case ChangeKind::worse:
      return "worse";
    case ChangeKind::different:
      return "different";
    case ChangeKind::too_few:
      return "too-few-samples";
    case ChangeKind::held_back:
      return "held-back";
    case ChangeKind::no_ratio:
      return "no-ratio";
    case ChangeKind::invalid:
      return "invalid";
  }
  return "";
}

}  // namespace threadmill::results
