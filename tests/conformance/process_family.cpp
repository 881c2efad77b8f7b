#include "tests/conformance/process_family.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "os/clock.h"
#include "tests/support/eventually.h"

namespace threadmill::conformance {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(pid_t pid) { return fs::path("/proc") / std::to_string(pid); }

/// Processes and threads come and go while they are counted: what is gone counts as nothing.
std::size_t entries_of(const fs::path& folder) {
  std::error_code gone;
  std::size_t count = 0;
  for (fs::directory_iterator entry(folder, gone), end; !gone && entry != end; entry.increment(gone)) ++count;
  return count;
}

void add_children(pid_t parent, std::vector<pid_t>& family) {
  std::error_code gone;
  for (fs::directory_iterator task(folder_of(parent) / "task", gone), end; !gone && task != end;
       task.increment(gone)) {
    std::ifstream list(task->path() / "children");
    for (pid_t child = 0; list >> child;) family.push_back(child);
  }
}

/// The fields of the stat (proc(5)) of a process or thread behind the name, which may have spaces: the state
/// is the first.
std::vector<std::string> stat_in(const fs::path& folder) {
  std::ifstream file(folder / "stat");
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  std::vector<std::string> fields;
  if (name_end == std::string::npos) return fields;
  std::istringstream rest(line.substr(name_end + 1));
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

std::vector<std::string> stat_of(pid_t pid) { return stat_in(folder_of(pid)); }

/// What has ended has nothing to do either.
bool all_threads_sleep(pid_t pid) {
  std::error_code gone;
  for (fs::directory_iterator task(folder_of(pid) / "task", gone), end; !gone && task != end;
       task.increment(gone)) {
    const auto stat = stat_in(task->path());
    if (!stat.empty() && stat[0] != "S" && stat[0] != "Z" && stat[0] != "X") return false;
  }
  return true;
}

std::int64_t cpu_ns_of_reaped(const std::vector<std::string>& stat) {
  constexpr std::size_t kUser = 13, kSystem = 14;  // of children that were waited for, in ticks
  if (stat.size() <= kSystem) return 0;
  return (std::stoll(stat[kUser]) + std::stoll(stat[kSystem])) * (1'000'000'000 / ::sysconf(_SC_CLK_TCK));
}

bool stands_still(pid_t pid) {
  const auto stat = stat_of(pid);
  return stat.empty() || stat[0] == "T" || stat[0] == "Z" || stat[0] == "X";
}

}  // namespace

std::vector<pid_t> family_of(pid_t root) {
  std::vector<pid_t> family{root};
  for (std::size_t i = 0; i < family.size(); ++i) add_children(family[i], family);
  return family;
}

bool is_in_family(pid_t member, pid_t root) {
  const auto family = family_of(root);
  return std::find(family.begin(), family.end(), member) != family.end();
}

bool is_asleep(pid_t root) {
  const auto family = family_of(root);
  return std::all_of(family.begin(), family.end(), all_threads_sleep);
}

Holdings holdings_of(pid_t root) {
  Holdings sum;
  for (const pid_t member : family_of(root)) {
    ++sum.processes;
    sum.threads += entries_of(folder_of(member) / "task");
    sum.descriptors += entries_of(folder_of(member) / "fd");
  }
  return sum;
}

std::size_t memory_bytes_of(pid_t root) {
  std::size_t kilobytes = 0;
  for (const pid_t member : family_of(root)) {
    std::ifstream file(folder_of(member) / "smaps_rollup");
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string name;
      std::size_t value = 0;
      if (words >> name >> value && (name == "Pss_Anon:" || name == "Pss_Shmem:")) kilobytes += value;
    }
  }
  return kilobytes * 1024;
}

std::int64_t cpu_ns_of(pid_t root) {
  std::int64_t sum_ns = 0;
  for (const pid_t member : family_of(root)) {
    clockid_t clock{};
    if (::clock_getcpuclockid(member, &clock) != 0) continue;
    sum_ns += os::read_clock_ns(clock) + cpu_ns_of_reaped(stat_of(member));
  }
  return sum_ns;
}

std::vector<pid_t> living_in_group(pid_t group) {
  std::vector<pid_t> living;
  std::error_code gone;
  for (fs::directory_iterator entry("/proc", gone), end; !gone && entry != end; entry.increment(gone)) {
    const std::string name = entry->path().filename();
    if (!std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; }))
      continue;
    const pid_t pid = std::stoi(name);
    const auto stat = stat_of(pid);
    constexpr std::size_t kState = 0, kGroup = 2;
    if (stat.size() <= kGroup || std::stoi(stat[kGroup]) != group) continue;
    if (stat[kState] != "Z" && stat[kState] != "X") living.push_back(pid);
  }
  return living;
}

void freeze(pid_t root) {
  ::kill(-root, SIGSTOP);
  eventually([&] {
    const auto family = family_of(root);
    return std::all_of(family.begin(), family.end(), stands_still);
  });
}

void thaw(pid_t root) { ::kill(-root, SIGCONT); }

}  // namespace threadmill::conformance
