#pragma once
// Samples a server's process tree: fully at gates, lightly in between.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/process/event_loop.h"
#include "harness/process/process_tree.h"
#include "harness/watch/tree_watch.h"

namespace threadmill::harness {

/// While the loop runs, takes a light point ten times a second: the CPU clock of each process, and as much of
/// the rest as its budget of CPU time has room for. Only where the clocks alone exceed the budget (several
/// thousand processes) do points come less often. Each gate starts the series anew, so that what is left at
/// the end is that of the measured window. Keeps account of its own CPU time. For the thread of its loop.
class Sampler {
 public:
  Sampler(EventLoop& loop, pid_t root);

  /// Takes a full snapshot, under the gate's name. Restarts the series, or ends it at "measured".
  void at_gate(const std::string& gate);

  /// What the tree's CPU time grew by from the last gate before "measured" to it, in nanoseconds.
  std::int64_t window_cpu_ns() const { return window_cpu_ns_; }

  /// As in the result file: gates, series, pss_peak_bytes, sampler_cpu_ns, sampler_window_cpu_ns.
  nlohmann::json to_json() const;

 private:
  using TimePoint = EventLoop::Clock::time_point;

  void restart_series();
  EventLoop::Clock::duration tick();
  void take_light_sample();
  bool can_pay_for_pss() const;
  void see_pss(std::int64_t bytes);

  EventLoop& loop_;
  pid_t root_;
  TreeWatch watch_;
  std::map<std::string, TreeSnapshot> gates_;
  TreeSnapshot last_;
  nlohmann::json series_ = nlohmann::json::array();
  std::int64_t window_cpu_ns_ = 0;
  std::int64_t pss_peak_bytes_ = 0;
  std::int64_t pss_cost_per_process_ns_ = 0;  // at the last gate
  std::int64_t own_cpu_ns_ = 0;
  std::int64_t own_window_cpu_ns_ = 0;  // since the last gate, without what the gate cost
  std::int64_t budget_ns_ = 0;  // CPU time that may still be used; below zero it has to be earned first
  TimePoint last_tick_;
  TimePoint due_;
  EventLoop::Handle timer_;
};

}  // namespace threadmill::harness
