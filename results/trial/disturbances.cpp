#include "results/trial/disturbances.h"

#include <fmt/format.h>

#include "results/file/json_access.h"

namespace threadmill::results {

std::vector<std::string> disturbances_of(const nlohmann::json& trial_record,
                                         const DisturbanceLimits& limits) {
  std::vector<std::string> found;
  const auto at = [&](const char* pointer) { return number_at(trial_record, pointer); };
  const auto add_above = [&](const char* pointer, double limit, const char* sentence) {
    const auto percent = at(pointer);
    if (percent && *percent > limit) found.push_back(fmt::format(fmt::runtime(sentence), *percent));
  };
  add_above("/machine/steal_percent", limits.steal_percent,
            "the hypervisor gave {:.1f} % of its CPUs' time to others");
  add_above("/machine/others_cpu_percent", limits.others_cpu_percent, "others used {:.1f} % of its CPUs");
  add_above("/machine/psi_memory_percent", limits.memory_pressure_percent,
            "tasks waited for memory in {:.1f} % of the window");
  add_above("/machine/psi_io_percent", limits.io_pressure_percent,
            "tasks waited for disks in {:.1f} % of the window");
  const auto before = at("/machine/mhz_before"), after = at("/machine/mhz_after");
  if (before && after && *after < *before * (1 - limits.clock_loss_percent / 100)) {
    found.push_back(fmt::format("the CPU clock fell from {:.0f} to {:.0f} MHz", *before, *after));
  }
  return found;
}

}  // namespace threadmill::results
