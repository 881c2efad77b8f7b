#pragma once
// Samples a server's process tree: fully at gates, lightly in between.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/event_loop.h"
#include "harness/process_tree.h"

namespace threadmill::harness {

/// While the loop runs, takes a light point ten times a second, or less often where that would cost more than
/// 2 % of a CPU (trees of a thousand processes). Each gate starts the series anew, so that what is left at
/// the end is that of the measured window. Keeps account of its own CPU time. For the thread of its loop.
class Sampler {
 public:
  Sampler(EventLoop& loop, pid_t root);

  /// Takes a full snapshot, under the gate's name. Restarts the series, or ends it at "measured".
  void at_gate(const std::string& gate);

  /// As in the result file: gates, series, pss_peak_bytes, sampler_cpu_ns.
  nlohmann::json to_json() const;

 private:
  EventLoop::Clock::duration take_light_sample();
  void see_pss(std::int64_t bytes);

  EventLoop& loop_;
  pid_t root_;
  std::map<std::string, TreeSnapshot> gates_;
  nlohmann::json series_ = nlohmann::json::array();
  std::int64_t pss_peak_bytes_ = 0;
  std::int64_t pss_cost_per_process_ns_ = 0;  // at the last gate
  std::int64_t own_cpu_ns_ = 0;
  EventLoop::Handle timer_;
};

}  // namespace threadmill::harness
