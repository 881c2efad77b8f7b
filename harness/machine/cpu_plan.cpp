#include "harness/machine/cpu_plan.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>

#include "harness/process/proc_file.h"

namespace threadmill::harness {

std::string CpuPlan::describe() const {
  if (shared) {
    return fmt::format("server and generator share CPU {} (there is no other): figures are of both together",
                       fmt::join(server, ","));
  }
  return fmt::format("server on CPU {}, generator on CPU {}{}", fmt::join(server, ","),
                     fmt::join(generator, ","), one_core ? " (of one core: they slow each other down)" : "");
}

os::CpuSet parse_cpu_list(const std::string& text) {
  os::CpuSet cpus;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    int first = 0, last = 0;
    const int numbers = std::sscanf(part.c_str(), "%d-%d", &first, &last);
    if (numbers < 1 || first < 0) return {};
    if (numbers == 1) last = first;
    if (last - first > 4096) return {};
    for (int cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
  }
  return cpus;
}

Cores read_cores(const os::CpuSet& available) {
  Cores cores;
  std::set<int> taken;
  for (const int cpu : available) {
    if (taken.contains(cpu)) continue;
    auto siblings = parse_cpu_list(
        read_proc_file(fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu)));
    siblings.push_back(cpu);
    os::CpuSet& core = cores.emplace_back();
    for (const int candidate : available) {
      const bool is_sibling = std::find(siblings.begin(), siblings.end(), candidate) != siblings.end();
      if (is_sibling && taken.insert(candidate).second) core.push_back(candidate);
    }
  }
  return cores;
}

CpuPlan plan_cpus(const Cores& cores) {
  if (cores.size() == 1 && cores[0].size() == 1) return {cores[0], cores[0], false, true};
  if (cores.size() == 1) {
    Cores single;
    for (const int cpu : cores[0]) single.push_back({cpu});
    auto plan = plan_cpus(single);
    plan.one_core = true;
    return plan;
  }
  std::size_t all = 0;
  for (const auto& core : cores) all += core.size();
  CpuPlan plan;
  for (const auto& core : cores) {
    // In order: once a core went to the generator, so do all after it.
    const bool fits = plan.generator.empty() && plan.server.size() + core.size() <= all / 2;
    auto& side = fits || plan.server.empty() ? plan.server : plan.generator;
    side.insert(side.end(), core.begin(), core.end());
  }
  std::sort(plan.server.begin(), plan.server.end());
  std::sort(plan.generator.begin(), plan.generator.end());
  return plan;
}

CpuPlan plan_cpus() { return plan_cpus(read_cores(os::allowed_cpus())); }

}  // namespace threadmill::harness
