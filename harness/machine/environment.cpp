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
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/build_info.h"
#include "harness/process/child_process.h"
#include "harness/locations.h"
#include "harness/process/proc_file.h"
#include "provenance/build_commit.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  text.erase(0, text.find_first_not_of(" \t\r\n\""));
  return text;
}

// A file of one line, or null.
json first_line(const std::string& path) {
  const auto text = read_proc_file(path);
  return text.empty() ? json(nullptr) : json(trimmed(text.substr(0, text.find('\n'))));
}

// The value in a line such as "model name : X" or "PRETTY_NAME=\"X\"", or null.
json value_of(const std::string& text, const std::string& key, char separator) {
  auto line = text.rfind(key, 0) == 0 ? 0 : text.find("\n" + key);
  if (line == std::string::npos) return nullptr;
  line = text.find(separator, line);
  if (line == std::string::npos) return nullptr;
  auto value = trimmed(text.substr(line + 1, text.find('\n', line) - line - 1));
  if (!value.empty() && value.back() == '"') value.pop_back();
  return value;
}

json mitigations() {
  json found = json::object();
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/sys/devices/system/cpu/vulnerabilities", error)) {
    found[entry.path().filename().string()] = first_line(entry.path());
  }
  return found;
}

// The processor says with this flag that it is one of a hypervisor's.
bool has_hypervisor_flag(const std::string& cpuinfo) {
  const json flags = value_of(cpuinfo, "flags", ':');
  return flags.is_string() &&
         (" " + flags.get<std::string>() + " ").find(" hypervisor ") != std::string::npos;
}

json hypervisor_name() {
  for (const char* path : {"/sys/hypervisor/type", "/sys/class/dmi/id/sys_vendor"}) {
    if (auto name = first_line(path); name.is_string()) return name;
  }
  return nullptr;
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
          {"virtualised", "hypervisor flag in /proc/cpuinfo"},
          {"hypervisor", "/sys/hypervisor/type or /sys/class/dmi/id/sys_vendor, where virtualised"},
          {"somaxconn", "/proc/sys/net/core/somaxconn"},
          {"nofile_hard", "getrlimit(RLIMIT_NOFILE)"},
          {"kernel_stack_bytes", "threads x 16 KiB (THREAD_SIZE of x86-64 and arm64)"},
          {"compiler", "CMake, when this program was built"}};
}

}  // namespace

json describe_environment() {
  const auto cpuinfo = read_proc_file("/proc/cpuinfo");
  const bool virtualised = has_hypervisor_flag(cpuinfo);
  utsname names{};
  ::uname(&names);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const json somaxconn = first_line("/proc/sys/net/core/somaxconn");
  return {
      {"cpu_model", value_of(cpuinfo, "model name", ':')},
      {"cpus_online", ::sysconf(_SC_NPROCESSORS_ONLN)},
      {"kernel", fmt::format("{} {} {}", names.sysname, names.release, names.machine)},
      {"os", value_of(read_proc_file("/etc/os-release"), "PRETTY_NAME", '=')},
      {"memory_bytes", std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE)},
      {"mitigations", mitigations()},
      {"governor", first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
      {"clock_source", first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource")},
      {"virtualised", virtualised},
      {"hypervisor", virtualised ? hypervisor_name() : json(nullptr)},
      {"compiler", kCompiler},
      {"compiler_flags", kCompilerFlags},
      {"build_type", kBuildType},
      {"libraries", libraries()},
      {"somaxconn", somaxconn.is_string() ? json(std::stoll(somaxconn.get<std::string>())) : json(nullptr)},
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
