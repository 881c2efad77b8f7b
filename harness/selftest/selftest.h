#pragma once
// The load generator measured on this machine, against the kernel's own timestamps.

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/machine/cpu_plan.h"
#include "harness/process/event_loop.h"

namespace threadmill::harness {

enum class SelftestLength {
  brief,  ///< about two seconds: what every result file carries
  full,   ///< less than three minutes: every distribution, rate and way of waiting, and a stall
};

/// Says what is being done: one line each.
using SelftestProgress = std::function<void(const std::string& line)>;

/// Loads a reference server, whose every answer takes a known time, and compares what the generator reports
/// with what the kernel's timestamps of the same requests say; then finds the generator's ceiling and the
/// smallest latency that it can resolve, and what the loopback copies. The object goes into result files as
/// "selftest"; its members are those of results/schema. Throws TrialFailure.
nlohmann::json run_selftest(EventLoop& loop, const CpuPlan& cpus, SelftestLength length,
                            const SelftestProgress& progress);

/// The brief one, told on the standard error: what a result file keeps of the generator beside its figures.
/// Where it fails, the object says why, for what is measured can stand without it. Throws Interrupted.
nlohmann::json brief_selftest(const CpuPlan& cpus);

/// The same in words and tables, for a terminal.
std::string selftest_text(const nlohmann::json& selftest);

}  // namespace threadmill::harness
