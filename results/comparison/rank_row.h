#pragma once
// What each of the processes did that made the load of a row's trials together. Pure.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "results/trial/latency.h"

namespace threadmill::results {

/// One process over the valid trials of a row.
struct RankRow {
  std::string host;
  std::vector<double> requests_per_s;  ///< one for each trial
  std::optional<Percentiles> latency;  ///< response time where the load has it, else service time; merged
  std::optional<double>
      busiest_thread;             ///< of a window: CPU time, and waiting for a CPU; the most of all trials
  std::optional<double> starved;  ///< of a window: ready to run, while others had the CPU; likewise
  double clock_error_ns = 0;      ///< how wrong its clock may be, set by that of the first; likewise
};

/// Sums up the ranks of trials.
class RankSummary {
 public:
  void add(const nlohmann::json& trial_record);
  /// In the order of their numbers; none where the load came from one process.
  std::vector<RankRow> finish();

 private:
  std::vector<RankRow> rows_;
  std::vector<MergedLatency> latencies_;  ///< of each
};

}  // namespace threadmill::results
