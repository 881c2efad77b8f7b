#pragma once
// From the records of a row's trials to the row.

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <utility>
#include <vector>

#include "results/comparison/row.h"

namespace threadmill::results {

/// Sums up the valid trials of a row. For one thread.
class RowSummary {
 public:
  /// `row` is filled, and outlives the summary.
  RowSummary(Row& row, Metric main_metric) : row_(row), main_metric_(main_metric) {}

  /// `trial` is what was derived from `record`, which must outlive finish().
  void add(const nlohmann::json& record, Trial trial);
  void finish();

 private:
  const nlohmann::json* middle_record();

  Row& row_;
  Metric main_metric_;
  std::array<MergedLatency, latency_count> merged_;
  std::vector<std::pair<double, const nlohmann::json*>> by_main_metric_;
  std::vector<WarmupEnd> warmups_;
  RankSummary ranks_;
};

}  // namespace threadmill::results
