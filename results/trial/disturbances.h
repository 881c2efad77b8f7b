#pragma once
// What disturbed a trial from outside, judged from what the harness recorded of the machine.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace threadmill::results {

/// From when on something is called a disturbance. A regression gate looks for changes of a few per cent:
/// what may cause one is told, what may not is left in peace.
struct DisturbanceLimits {
  /// Stolen time is missing from the server or the generator one to one.
  double steal_percent = 2;
  /// Of the CPUs that the trial used. A machine at rest has 1 or 2 % of daemons and kernel threads, and clock
  /// ticks are as coarse.
  double others_cpu_percent = 5;
  /// Part of the window in which some task waited for memory. A server under load that fits has none.
  double memory_pressure_percent = 1;
  /// The same for disks, which neither the server nor the generator uses: others do, and their interrupts
  /// cost time. There is no limit for the pressure on CPUs: a server of many threads on one CPU makes all of
  /// it itself; others_cpu_percent tells what others took.
  double io_pressure_percent = 10;
  /// By how much the clock may be slower after the window than before it. It may well be faster: processors
  /// rest at a low clock.
  double clock_loss_percent = 5;
};

/// One sentence each; none where the machine was quiet, or where the file does not say.
std::vector<std::string> disturbances_of(const nlohmann::json& trial_record,
                                         const DisturbanceLimits& limits = {});

}  // namespace threadmill::results
