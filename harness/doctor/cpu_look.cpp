#include "harness/doctor/cpu_look.h"

#include <algorithm>
#include <cctype>

namespace threadmill::harness::doctor {
namespace {

constexpr std::size_t kMostNames = 3;

// "cpu  user nice system idle iowait irq softirq steal guest guest_nice"; guests are in user and nice
// already.
void read_totals(const MachineFiles& files, CpuSnapshot& snapshot) {
  const auto words = words_of(files.line("proc/stat").value_or(""));
  if (words.size() < 9 || words[0] != "cpu") return;
  std::int64_t ticks[8];
  for (std::size_t i = 0; i < 8; ++i) ticks[i] = leading_number(words[i + 1]).value_or(0);
  snapshot.busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
  snapshot.steal = ticks[7];
  snapshot.total = snapshot.busy + snapshot.steal + ticks[3] + ticks[4];
}

// "PID (name) state ...": the name may hold anything, so the fields count from the last ')'.
CpuSnapshot::Process read_process(const std::string& stat) {
  const auto open = stat.find('(');
  const auto close = stat.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return {};
  const auto fields = words_of(stat.substr(close + 1));
  if (fields.size() < 13) return {};
  return {stat.substr(open + 1, close - open - 1),
          leading_number(fields[11]).value_or(0) + leading_number(fields[12]).value_or(0)};
}

}  // namespace

CpuSnapshot read_cpu_snapshot(const MachineFiles& files) {
  CpuSnapshot snapshot;
  snapshot.own_pid = files.number("proc/self/stat").value_or(0);
  for (const auto& name : files.names("proc")) {
    const auto pid = std::isdigit(static_cast<unsigned char>(name[0])) ? leading_number(name) : std::nullopt;
    if (pid) snapshot.processes[*pid] = read_process(files.text("proc/" + name + "/stat"));
  }
  read_totals(files, snapshot);
  return snapshot;
}

CpuLook between(const CpuSnapshot& before, const CpuSnapshot& after) {
  const auto total = static_cast<double>(std::max<std::int64_t>(after.total - before.total, 1));
  const auto percent = [&](std::int64_t ticks) {
    return 100.0 * static_cast<double>(std::max<std::int64_t>(ticks, 0)) / total;
  };
  CpuLook look;
  std::int64_t own = 0;
  std::map<std::string, std::int64_t> used_by_name;
  for (const auto& [pid, process] : after.processes) {
    const auto earlier = before.processes.find(pid);
    const auto used = process.ticks - (earlier == before.processes.end() ? 0 : earlier->second.ticks);
    if (pid == after.own_pid) {
      own = used;
    } else if (used > 0) {
      used_by_name[process.name] += used;
    }
  }
  for (const auto& [name, ticks] : used_by_name) look.busiest.push_back({name, percent(ticks)});
  look.others_percent = percent(after.busy - before.busy - own);
  look.steal_percent = percent(after.steal - before.steal);
  std::stable_sort(look.busiest.begin(), look.busiest.end(),
                   [](const auto& a, const auto& b) { return a.percent > b.percent; });
  look.busiest.resize(std::min(look.busiest.size(), kMostNames));
  return look;
}

}  // namespace threadmill::harness::doctor
