// Limits of containers and services: control groups, version 1 and 2.

#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/cgroup_files.h"
#include "harness/doctor/checks.h"

namespace threadmill::harness::doctor {
namespace {

/// The tightest limit, and what takes it away.
struct CgroupLimit {
  double value = 0;
  std::string remedy;
};

void keep_tighter(std::optional<CgroupLimit>& tightest, CgroupLimit limit) {
  if (!tightest || limit.value < tightest->value) tightest = std::move(limit);
}

std::string set_to(const char* value, const std::filesystem::path& file) {
  return fmt::format("echo {} | sudo tee /{}    (on the host, if in a container)", value, file.string());
}

/// In CPUs: cpu.max of version 2 is "QUOTA PERIOD" or "max PERIOD", version 1 has a file for each and -1 for
/// none.
std::optional<CgroupLimit> cpu_quota(const MachineFiles& files) {
  std::optional<CgroupLimit> tightest;
  for (const auto& file : cgroup_files(files, "cpu", "cpu.max", "cpu.cfs_quota_us")) {
    const bool version1 = file.filename() == "cpu.cfs_quota_us";
    const auto words = words_of(files.line(file).value_or(""));
    const auto quota = words.empty() ? 0 : leading_number(words[0]).value_or(0);
    const auto period = version1 ? files.number(file.parent_path() / "cpu.cfs_period_us")
                                 : leading_number(words.size() > 1 ? words[1] : "");
    if (quota <= 0 || !period || *period <= 0) continue;
    keep_tighter(tightest, {static_cast<double>(quota) / static_cast<double>(*period),
                            set_to(version1 ? "-1" : "max", file)});
  }
  return tightest;
}

std::optional<CgroupLimit> pids_limit(const MachineFiles& files) {
  std::optional<CgroupLimit> tightest;
  for (const auto& file : cgroup_files(files, "pids", "pids.max", "pids.max")) {
    if (const auto most = files.number(file)) {
      keep_tighter(tightest, {static_cast<double>(*most), set_to("max", file)});
    }
  }
  return tightest;
}

}  // namespace

Finding check_cpu_quota(const Machine& machine) {
  const auto quota = cpu_quota(machine.files);
  if (!quota) return {Verdict::ok, "none", ""};
  const auto cpus = usable_cpus(machine.files);
  const auto found = fmt::format("{:.2f} CPUs, of {} usable", quota->value, cpus);
  if (cpus > 0 && quota->value >= static_cast<double>(cpus)) return {Verdict::ok, found, ""};
  return {Verdict::problem, found, quota->remedy};
}

Finding check_pids_limit(const Machine& machine) {
  const auto limit = pids_limit(machine.files);
  if (!limit) return {Verdict::ok, "none", ""};
  const auto found =
      fmt::format("{:.0f} processes and threads; the largest shipped scenario has {} connections",
                  limit->value, machine.most_connections);
  // A process or a thread each, and what the harness and the generator are themselves.
  if (limit->value >= static_cast<double>(machine.most_connections + 100)) return {Verdict::ok, found, ""};
  return {Verdict::problem, found, limit->remedy};
}

}  // namespace threadmill::harness::doctor
