#pragma once
// What a reader has to know of the columns that explain a model: why one is empty, and whether their sum
// holds.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace threadmill::results {

struct Explanation {
  std::string syscalls_unavailable;     ///< why they were not counted; empty where they were, or nobody asked
  bool threads_ended = false;           ///< in the window, taking their counts of switches with them
  std::optional<double> threads;        ///< of the server at the end of the window, over all of its processes
  std::optional<double> account_error;  ///< see account_error()
};

/// How far the sampler's CPU total of the server's whole life is from the kernel's (wait4 with reaped
/// descendants), as a share of the latter: 0.03 is 3 % too much. Nothing where they agree to 2 %, or to the
/// two clock ticks that /proc cuts off, or where the file does not say.
std::optional<double> account_error(const nlohmann::json& trial_record);

}  // namespace threadmill::results
