#include "results/gate/blocks.h"

#include <algorithm>
#include <cmath>

namespace threadmill::results {

ByRepeat values_by_repeat(const Row& row, Metric metric) {
  ByRepeat values;
  for (const Trial& trial : row.trials) {
    const auto& value = trial.values[metric];
    if (trial.valid() && value) values[trial.repeat] = *value;
  }
  return values;
}

// A rate that the generator set is a figure of the generator: as good with a slower server.
std::string what_spoils(const Row& row, Metric metric) {
  const bool is_rate = metric == Metric::requests_per_s || metric == Metric::deliveries_per_s;
  if (is_rate && row.is_generator_bound()) return "the load generator was the limit";
  const bool has_zero = std::any_of(row.trials.begin(), row.trials.end(), [&](const Trial& trial) {
    return trial.valid() && trial.values[metric] && !(*trial.values[metric] > 0);
  });
  return has_zero ? "a value of 0 is in no proportion to anything" : "";
}

ByRepeat ratios_by_repeat(const ByRepeat& first, const ByRepeat& second) {
  ByRepeat ratios;
  for (const auto& [repeat, value] : first) {
    const auto other = second.find(repeat);
    if (other != second.end()) ratios[repeat] = value / other->second;
  }
  return ratios;
}

BlockSamples blocks_of(const ByRepeat& by_repeat) {
  BlockSamples samples;
  for (const auto& [repeat, value] : by_repeat) {
    const auto mirrored = by_repeat.find(repeat + 1);
    if (repeat % 2 != 0 || mirrored == by_repeat.end()) continue;
    const double halved = std::sqrt(value / mirrored->second);
    samples.values.push_back(std::sqrt(value * mirrored->second));
    samples.against_itself.push_back(repeat / 2 % 2 == 0 ? halved : 1 / halved);
  }
  return samples;
}

}  // namespace threadmill::results
