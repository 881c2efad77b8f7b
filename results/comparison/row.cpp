#include "results/comparison/row.h"

namespace threadmill::results {

void LimitCounts::add(const std::optional<load::LimitJudgement>& limit) {
  ++valid;
  if (!limit) return;
  switch (limit->limited_by) {
    case load::LimitedBy::server:
      ++server;
      return;
    case load::LimitedBy::generator:
      ++generator;
      return;
    case load::LimitedBy::schedule:
      ++schedule;
      return;
    case load::LimitedBy::none:
      ++none;
  }
}

RowLimit limit_of(const LimitCounts& counts) {
  const std::pair<std::size_t, RowLimit> candidates[] = {{counts.generator, RowLimit::generator},
                                                         {counts.server, RowLimit::server},
                                                         {counts.schedule, RowLimit::schedule},
                                                         {counts.none, RowLimit::none}};
  bool any = false;
  for (const auto& [trials, limit] : candidates) {
    if (2 * trials > counts.valid) return limit;
    any |= trials > 0;
  }
  return any ? RowLimit::mixed : RowLimit::unknown;
}

Hidden hidden_of(const Row& row, Metric metric) {
  if (!row.is_generator_bound()) return Hidden::nothing;
  const Hidden hidden = traits_of(metric).generator_hides;
  return hidden == Hidden::less && row.open ? Hidden::either : hidden;
}

std::vector<double> values_of(const Row& row, Metric metric) {
  std::vector<double> values;
  for (const Trial& trial : row.trials) {
    if (trial.valid() && trial.values[metric]) values.push_back(*trial.values[metric]);
  }
  return values;
}

ByRepeat values_by_repeat(const Row& row, Metric metric) {
  ByRepeat values;
  for (const Trial& trial : row.trials) {
    if (trial.valid() && trial.values[metric]) values[trial.repeat] = *trial.values[metric];
  }
  return values;
}

ByRepeat ratios_by_repeat(const ByRepeat& first, const ByRepeat& second) {
  ByRepeat ratios;
  for (const auto& [repeat, value] : first) {
    const auto other = second.find(repeat);
    if (other != second.end()) ratios[repeat] = value / other->second;
  }
  return ratios;
}

std::vector<double> paired_ratios(const Row& first, const Row& second, Metric metric) {
  std::vector<double> ratios;
  for (const Trial& a : first.trials) {
    for (const Trial& b : second.trials) {
      if (a.repeat != b.repeat || !a.valid() || !b.valid()) continue;
      if (a.values[metric] && b.values[metric] && *b.values[metric] > 0) {
        ratios.push_back(*a.values[metric] / *b.values[metric]);
      }
    }
  }
  return ratios;
}

}  // namespace threadmill::results
