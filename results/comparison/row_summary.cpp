#include "results/comparison/row_summary.h"

#include <algorithm>

#include "results/file/facts.h"
#include "results/file/json_access.h"

namespace threadmill::results {

void RowSummary::add(const nlohmann::json& record, Trial trial) {
  for (const auto& [kind, count] : trial.errors) row_.errors[kind] += count;
  for (const auto& [kind, count] : trial.integrity) row_.integrity[kind] += count;
  if (trial.contracts) row_.contracts.add(*trial.contracts);
  if (trial.valid()) {
    ++row_.valid;
    if (trial.values[main_metric_]) by_main_metric_.emplace_back(*trial.values[main_metric_], &record);
    row_.limits.add(trial.limit);
    ranks_.add(record);
    if (trial.warmup) warmups_.push_back(*trial.warmup);
    for (const auto& traits : latencies()) {
      merged_[static_cast<std::size_t>(traits.latency)].add(find_at(record, traits.pointer));
    }
  }
  if (row_.flush.empty()) row_.flush = server_term(record, "flush");
  row_.trials.push_back(std::move(trial));
}

void RowSummary::finish() {
  row_.memory_is_growth = std::all_of(row_.trials.begin(), row_.trials.end(),
                                      [](const Trial& t) { return !t.valid() || t.memory_is_growth; });
  for (const MetricTraits& traits : metrics())
    row_.spreads[traits.metric] = spread(values_of(row_, traits.metric));
  row_.ranks = ranks_.finish();
  row_.warmups = sum_up(warmups_);
  for (std::size_t i = 0; i < latency_count; ++i) {
    row_.latencies[i] = merged_[i].percentiles();
    row_.curves[i] = merged_[i].curve();
  }
  if (const nlohmann::json* middle = middle_record()) row_.timeline = timeline_of(*middle);
  std::stable_sort(row_.trials.begin(), row_.trials.end(),
                   [](const Trial& a, const Trial& b) { return a.repeat < b.repeat; });
}

/// The fastest and the slowest trial are the least like the others.
const nlohmann::json* RowSummary::middle_record() {
  if (by_main_metric_.empty()) return nullptr;
  const auto middle = by_main_metric_.begin() + static_cast<std::ptrdiff_t>((by_main_metric_.size() - 1) / 2);
  std::nth_element(by_main_metric_.begin(), middle, by_main_metric_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  return middle->second;
}

}  // namespace threadmill::results
