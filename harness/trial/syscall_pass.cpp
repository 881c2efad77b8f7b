#include "harness/trial/syscall_pass.h"

#include <algorithm>

#include "harness/process/process_tree.h"
#include "harness/trial/server_process.h"
#include "harness/watch/syscall_count.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;

constexpr double kWindow_s = 0.3;
constexpr double kWarmup_s = 0.1;
constexpr std::int64_t kMostMessages = 100;

json unavailable(const std::string& reason) { return {{"unavailable", reason}}; }

}  // namespace

json counting_plan(const json& plan) {
  json brief = plan;
  auto& stop = brief.at("stop");
  if (stop.contains("messages")) {
    stop["messages"] = std::min(stop["messages"].get<std::int64_t>(), kMostMessages);
  } else {
    stop = {{"duration_s", std::min(stop.at("duration_s").get<double>(), kWindow_s)},
            {"warmup_s", std::min(stop.value("warmup_s", 0.0), kWarmup_s)}};
  }
  return brief;
}

json count_syscalls(EventLoop& loop, LoadRun run, const json& plan, TrialServer& server) {
  if (server.local() == nullptr)
    return unavailable("the server is on another host; the kernel is asked on this one only");
  try {
    const SyscallCount count(process_tree(server.local()->pid()));
    KernelCounts before;
    KernelCounts after;
    run.on_gate = [&](const std::string& gate, pid_t) {
      (gate == "measured" ? after : before) = count.read();
    };
    const auto report = run_load(loop, run, counting_plan(plan), server);
    const auto wrong = complaints(report);
    if (!wrong.empty()) return unavailable("the pass that counts them failed: " + wrong);
    return {{"counted", after.syscalls - before.syscalls},
            {"switches", after.switches - before.switches},
            {"requests", report.at("completed")}};
  } catch (const CannotCount& reason) {
    return unavailable(reason.what());
  } catch (const TrialFailure& failure) {
    return unavailable(std::string("the pass that counts them failed: ") + failure.what());
  }
}

}  // namespace threadmill::harness
