#pragma once
// Two subjects that ran in the same blocks: whether they differ, by how much and how sure: the judgement
// behind `threadmill ab`. Pure functions; every thread may call them.

#include <optional>
#include <string>
#include <vector>

#include "results/file/store.h"
#include "results/gate/contrast.h"
#include "results/statistics/statistics.h"
#include "results/trial/metrics.h"

namespace threadmill::results {

/// By one metric.
struct AbMetric {
  Metric metric = Metric::cpu_us_per_request;
  std::optional<Spread> a;  ///< of the metric, as measured
  std::optional<Spread> b;
  Contrast contrast;       ///< ratio: b / a
  std::string spoiled_by;  ///< why there is none, such as "epoll: the load generator was the limit"; or ""
  double corrected_p = 1;  ///< by Holm's method over the metrics of the report
  bool differs = false;    ///< corrected_p is below 0.05, and the change is larger than noise

  /// 'a', 'b', or nothing where neither is shown to be better, or the metric has no direction.
  std::optional<char> better() const;
};

struct AbReport {
  std::string scenario;
  std::string a;
  std::string b;
  std::string problem;  ///< why nobody may compare them; empty when one may
  std::vector<AbMetric> metrics;
  std::vector<std::string> warnings;
  bool precise_enough = false;  ///< the first metric's interval is as tight as was asked
  double took_s = 0;
};

/// Metrics that neither side has are left out; none asked for: CPU time per request (or delivery), the rate
/// where it is not set, and latency. `precision` is a share (0.02).
AbReport judge_ab(const ResultFile& file, const std::string& a, const std::string& b,
                  const std::vector<Metric>& metrics, double precision);

}  // namespace threadmill::results
