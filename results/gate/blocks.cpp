#include "results/gate/blocks.h"

#include <algorithm>
#include <cmath>

namespace threadmill::results {

// A figure that the generator set is one of the generator: as good with a slower server.
std::string what_spoils(const Row& row, Metric metric) {
  if (hidden_of(row, metric) != Hidden::nothing) return "the load generator was the limit";
  const bool has_zero = std::any_of(row.trials.begin(), row.trials.end(), [&](const Trial& trial) {
    return trial.valid() && trial.values[metric] && !(*trial.values[metric] > 0);
  });
  return has_zero ? "a value of 0 is in no proportion to anything" : "";
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
