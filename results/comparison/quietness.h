#pragma once
// What else the machine did while trials ran, from the object "machine" of their records. Pure functions.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "results/statistics/statistics.h"

namespace threadmill::results {

/// One kind of disturbance over the trials of a run, in percent.
struct Disturbance {
  std::string_view name;
  std::string_view meaning;  ///< percent of what
  Spread spread;             ///< over the trials in which the kernel told it
  std::string worst_trial;   ///< "echo-64, fork, repeat 3": where the largest was
};

/// Only what the kernel told in some trial: nothing for a file of an old version.
std::vector<Disturbance> quietness_of(const std::vector<nlohmann::json>& trials);

}  // namespace threadmill::results
