#include "harness/watch/window_watch.h"

#include <unistd.h>

#include <algorithm>

#include "harness/process/process_clock.h"
#include "harness/process/process_tree.h"

namespace threadmill::harness {
namespace {

os::CpuSet all_of(const CpuPlan& plan) {
  os::CpuSet cpus = plan.server;
  cpus.insert(cpus.end(), plan.generator.begin(), plan.generator.end());
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

// A generator that is several processes has them as its children, as far as they are on this machine.
std::int64_t cpu_ns_of_measuring(std::optional<pid_t> generator) {
  const auto of_generator = generator ? tree_cpu_ns(process_tree(*generator)) : 0;
  return of_generator + process_cpu_ns(::getpid()).value_or(0);
}

}  // namespace

WindowWatch::WindowWatch(EventLoop& loop, pid_t server, const CpuPlan& cpus)
    : sampler_(loop, server), machine_(all_of(cpus)) {}

// A full snapshot takes this process a while: outside of what the machine is watched for.
void WindowWatch::at_gate(const std::string& gate, std::optional<pid_t> generator) {
  if (gate == "measured") {
    machine_.end();
    measuring_cpu_ns_ += cpu_ns_of_measuring(generator);
    sampler_.at_gate(gate);
  } else {
    sampler_.at_gate(gate);
    machine_.start();
    measuring_cpu_ns_ = -cpu_ns_of_measuring(generator);
  }
}

}  // namespace threadmill::harness
