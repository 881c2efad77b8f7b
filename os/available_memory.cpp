#include "os/available_memory.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

namespace threadmill::os {
namespace {

namespace fs = std::filesystem;

/// The names that one version of the memory controller gives to the same things.
struct Controller {
  const char* limit;
  const char* usage;
  std::string_view reclaimable;  // in memory.stat
};
constexpr Controller kVersion2{"memory.max", "memory.current", "inactive_file"};
constexpr Controller kVersion1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};

/// Nothing for "max", which is no limit, and where there is no such file.
std::optional<std::uint64_t> number_in(const fs::path& file) {
  std::uint64_t number = 0;
  std::ifstream in(file);
  return in >> number ? std::optional(number) : std::nullopt;
}

/// The number behind `key` in a file of "key number" lines.
std::optional<std::uint64_t> number_of(const fs::path& file, std::string_view key) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    if (!line.starts_with(key)) continue;
    const auto digits = line.find_first_not_of(" \t", key.size());
    if (digits == key.size() || digits == std::string::npos) continue;  // only the beginning of a longer key
    return std::strtoull(line.c_str() + digits, nullptr, 10);
  }
  return std::nullopt;
}

void tighten(AvailableMemory& memory, std::uint64_t bytes, const fs::path& file) {
  if (bytes < memory.bytes) memory = {bytes, file.string()};
}

void tighten_by_cgroup(AvailableMemory& memory, const fs::path& folder, const Controller& controller) {
  const auto limit = number_in(folder / controller.limit);
  const auto usage = number_in(folder / controller.usage);
  if (!limit || !usage) return;
  const std::uint64_t reclaimable = number_of(folder / "memory.stat", controller.reclaimable).value_or(0);
  const std::uint64_t held = *usage - std::min(*usage, reclaimable);
  tighten(memory, *limit - std::min(*limit, held), folder / controller.limit);
}

/// A limit of any group around ours holds for us too. In a container the path may be that of the host, of
/// which only the last part, or nothing, can be seen: folders that are not there say nothing.
void tighten_by_hierarchy(AvailableMemory& memory, const fs::path& mount, fs::path group,
                          const Controller& controller) {
  for (group = group.relative_path(); !group.empty(); group = group.parent_path()) {
    tighten_by_cgroup(memory, mount / group, controller);
  }
  tighten_by_cgroup(memory, mount, controller);
}

/// A line of cgroup(7)'s /proc/PID/cgroup: "hierarchy:controllers:path".
void tighten_by_line(AvailableMemory& memory, std::string_view line, const fs::path& cgroups) {
  const auto first = line.find(':');
  const auto second = line.find(':', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return;
  const std::string_view controllers = line.substr(first + 1, second - first - 1);
  const fs::path group(line.substr(second + 1));
  if (controllers.empty()) {
    tighten_by_hierarchy(memory, cgroups, group, kVersion2);
    tighten_by_hierarchy(memory, cgroups / "unified", group, kVersion2);  // beside version 1
  } else if (controllers == "memory") {
    tighten_by_hierarchy(memory, cgroups / "memory", group, kVersion1);
  }
}

}  // namespace

AvailableMemory read_available_memory(const fs::path& proc, const fs::path& cgroups) {
  AvailableMemory memory;
  if (const auto kilobytes = number_of(proc / "meminfo", "MemAvailable:")) {
    tighten(memory, *kilobytes * 1024, proc / "meminfo");
  }
  std::ifstream in(proc / "self/cgroup");
  std::string line;
  while (std::getline(in, line)) tighten_by_line(memory, line, cgroups);
  return memory;
}

}  // namespace threadmill::os
