#include "harness/cpu_plan.h"

#include <fmt/ranges.h>

#include <iterator>

namespace threadmill::harness {

std::string CpuPlan::describe() const {
  if (shared) {
    return fmt::format("server and generator share CPU {} (there is no other): figures are of both together",
                       fmt::join(server, ","));
  }
  return fmt::format("server on CPU {}, generator on CPU {}", fmt::join(server, ","),
                     fmt::join(generator, ","));
}

CpuPlan plan_cpus(const os::CpuSet& available) {
  if (available.size() < 2) return {available, available, true};
  const auto middle = std::next(available.begin(), static_cast<std::ptrdiff_t>(available.size() / 2));
  return {{available.begin(), middle}, {middle, available.end()}, false};
}

}  // namespace threadmill::harness
