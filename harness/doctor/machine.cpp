#include "harness/doctor/machine.h"

#include <time.h>

#include <algorithm>

#include "harness/build_info.h"
#include "harness/catalogue/scenario.h"
#include "harness/locations.h"
#include "loadgen/plan.h"

namespace threadmill::harness::doctor {
namespace {

// Long enough that one clock tick is a small part of it.
constexpr std::chrono::milliseconds kLookTime{500};

std::int64_t timer_resolution_ns() {
  timespec resolution{};
  ::clock_getres(CLOCK_MONOTONIC, &resolution);
  return std::int64_t{resolution.tv_sec} * 1'000'000'000 + resolution.tv_nsec;
}

std::uint64_t most_connections() {
  std::uint64_t most = 0;
  for (const auto& scenario : read_scenarios(home_folder() / "harness/scenarios")) {
    const auto load = load::parse_load_template(scenario.load);
    most = std::max<std::uint64_t>(most, load.connections() + load.bystanders.total());
  }
  return most;
}

}  // namespace

Machine read_machine() {
  Machine machine;
  machine.timer_resolution_ns = timer_resolution_ns();
  machine.most_connections = most_connections();
  machine.build_type = kBuildType;
  machine.compiler_flags = kCompilerFlags;
  return machine;
}

Machine look_at_machine() {
  Machine machine = read_machine();
  const auto before = read_cpu_snapshot(machine.files);
  machine.wake_ups = measure_wake_ups(kLookTime);
  machine.cpu_look = between(before, read_cpu_snapshot(machine.files));
  return machine;
}

}  // namespace threadmill::harness::doctor
