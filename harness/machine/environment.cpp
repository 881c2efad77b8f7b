#include "harness/machine/environment.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <xxhash.h>

#include <CLI/Version.hpp>
#include <algorithm>
#include <boost/version.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/build_info.h"
#include "harness/machine/machine_files.h"
#include "harness/machine/virtual_machine.h"
#include "harness/process/child_process.h"
#include "provenance/build_commit.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;

const MachineFiles kFiles;

json text_or_null(const std::optional<std::string>& text) { return text ? json(*text) : json(nullptr); }

json first_line(const std::string& path) { return text_or_null(kFiles.line(path)); }

// PRETTY_NAME="..." of os-release(5).
json name_of_distribution() {
  std::istringstream lines(kFiles.text("etc/os-release"));
  constexpr std::string_view key = "PRETTY_NAME=";
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    line.erase(0, key.size());
    std::erase(line, '"');
    return line;
  }
  return nullptr;
}

json mitigations() {
  const std::string folder = "sys/devices/system/cpu/vulnerabilities";
  json found = json::object();
  for (const auto& name : kFiles.names(folder)) found[name] = first_line(folder + "/" + name);
  return found;
}

json hypervisor() { return is_virtual(kFiles) ? text_or_null(hypervisor_name(kFiles)) : json(nullptr); }

json whole_number(const std::string& path) {
  const auto number = kFiles.number(path);
  return number ? json(*number) : json(nullptr);
}

json libraries() {
  return {{"boost",
           fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
          {"cli11", CLI11_VERSION},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
          {"nlohmann_json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                        NLOHMANN_JSON_VERSION_PATCH)},
          {"xxhash", fmt::format("{}.{}.{}", XXH_VERSION_MAJOR, XXH_VERSION_MINOR, XXH_VERSION_RELEASE)}};
}

json sources() {
  return {{"cpu_model", "/proc/cpuinfo"},
          {"cpus_online", "sysconf(_SC_NPROCESSORS_ONLN)"},
          {"kernel", "uname(2)"},
          {"os", "/etc/os-release"},
          {"memory_bytes", "sysconf(_SC_PHYS_PAGES)"},
          {"mitigations", "/sys/devices/system/cpu/vulnerabilities"},
          {"governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"},
          {"clock_source", "/sys/devices/system/clocksource/clocksource0/current_clocksource"},
          {"virtualised", "/sys/hypervisor, or the hypervisor flag in /proc/cpuinfo"},
          {"hypervisor", "/sys/hypervisor/type or /sys/class/dmi/id/sys_vendor, where virtualised"},
          {"somaxconn", "/proc/sys/net/core/somaxconn"},
          {"nofile_hard", "getrlimit(RLIMIT_NOFILE)"},
          {"kernel_stack_bytes", "threads x 16 KiB (THREAD_SIZE of x86-64 and arm64)"},
          {"compiler", "CMake, when this program was built"}};
}

}  // namespace

json describe_environment() {
  utsname names{};
  ::uname(&names);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return {{"cpu_model", text_or_null(kFiles.field("proc/cpuinfo", "model name"))},
          {"cpus_online", ::sysconf(_SC_NPROCESSORS_ONLN)},
          {"kernel", fmt::format("{} {} {}", names.sysname, names.release, names.machine)},
          {"os", name_of_distribution()},
          {"memory_bytes", std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE)},
          {"mitigations", mitigations()},
          {"governor", first_line("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
          {"clock_source", first_line("sys/devices/system/clocksource/clocksource0/current_clocksource")},
          {"virtualised", is_virtual(kFiles)},
          {"hypervisor", hypervisor()},
          {"compiler", kCompiler},
          {"compiler_flags", kCompilerFlags},
          {"build_type", kBuildType},
          {"libraries", libraries()},
          {"somaxconn", whole_number("proc/sys/net/core/somaxconn")},
          {"nofile_hard", static_cast<std::int64_t>(std::min<rlim_t>(files.rlim_max, INT64_MAX))},
          {"sources", sources()}};
}

json first_line_of(const std::vector<std::string>& argv) {
  try {
    EventLoop loop;
    ChildCommand command;
    command.argv = argv;
    ChildProcess child(loop, command);
    const bool ended =
        loop.wait_for([&] { return child.exit() && child.lines().at_end(); }, std::chrono::seconds(10));
    if (!ended || child.exit()->status != 0) return nullptr;
    return child.lines().next().value_or("");
  } catch (const std::system_error&) {
    return nullptr;
  }
}

json describe_tool() {
  const bool known = kBuildCommit != nullptr;
  return {{"version", kVersion},
          {"git_commit", known ? json(kBuildCommit) : json(nullptr)},
          {"git_dirty", known ? json(kBuildDirty) : json(nullptr)}};
}

}  // namespace threadmill::harness
