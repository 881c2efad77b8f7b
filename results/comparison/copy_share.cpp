#include "results/comparison/copy_share.h"

#include "results/trial/load_factors.h"

namespace threadmill::results {

std::optional<double> copy_share_of_a_delivery(const Comparison& comparison,
                                               const ScenarioComparison& scenario, const Row& row) {
  const auto& copied_per_s = comparison.runs.at(row.run).loopback_bytes_per_s;
  if (!copied_per_s || *copied_per_s <= 0) return std::nullopt;
  if (scenario.network() != nullptr || scenario.open || scenario.main_metric != Metric::deliveries_per_s)
    return std::nullopt;
  const auto bytes = factor_of(load_with_defaults(scenario.load), Factor::message_bytes);
  if (!bytes) return std::nullopt;
  return *bytes / *copied_per_s;
}

}  // namespace threadmill::results
