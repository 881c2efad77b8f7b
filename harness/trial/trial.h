#pragma once
// One trial: start the server, see that it answers correctly, load it while sampling it, stop it.

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/catalogue/scenario.h"
#include "harness/catalogue/subject.h"
#include "harness/host/server_host.h"
#include "harness/machine/cpu_plan.h"
#include "harness/network/place.h"
#include "harness/process/event_loop.h"
#include "harness/trial/load_hosts.h"
#include "harness/trial/schedule.h"

namespace threadmill::harness {

/// What a trial takes beside its load, roughly: starting the server, verifying it, connecting, stopping it.
inline constexpr double kTrialOverhead_s = 0.1;

/// What all trials of a run share.
struct TrialSetting {
  std::filesystem::path load_program;
  CpuPlan cpus;
  std::uint64_t seed = 1;
  bool count_syscalls = false;  ///< in a short pass after the first repeat of each subject in each scenario
  std::string server_address = Place{}.address;  ///< where servers listen, on no network of a scenario's own
  LoadHosts load_hosts{};    ///< make the load that is measured; all else is asked of the server from here
  ServerHost server_host{};  ///< where servers run; none: on this machine
};

/// The trial's record for the result file. What goes wrong with the server or the generator is in the record;
/// nothing of either is left running. Throws Interrupted, having ended everything.
nlohmann::json run_trial(EventLoop& loop, const TrialSetting& setting, const Scenario& scenario,
                         const Subject& subject, const Slot& slot, std::size_t sequence);

/// The record of a trial that could not be tried, such as that of a program which is not installed.
nlohmann::json untried_record(const Subject& subject, const Slot& slot, std::size_t sequence,
                              const std::string& reason);

}  // namespace threadmill::harness
