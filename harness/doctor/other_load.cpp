// What else runs here.

#include <fmt/format.h>

#include <cstdlib>

#include "harness/doctor/checks.h"

namespace threadmill::harness::doctor {
namespace {

// Half a second of two CPUs is a hundred clock ticks, so that one percent is the least that can be told.
constexpr double kBusyPercent = 3;
constexpr double kVeryBusyPercent = 20;

const std::string kEndIt = "end it, or wait; who it is: top -o %CPU";

/// The share of the last ten seconds in which somebody waited: "some avg10=1.23 avg60=...", in percent.
std::optional<double> waiting_percent(const MachineFiles& files, const std::string& resource) {
  const auto words = words_of(files.line("proc/pressure/" + resource).value_or(""));
  if (words.size() < 2 || words[0] != "some" || !words[1].starts_with("avg10=")) return std::nullopt;
  return std::strtod(words[1].c_str() + 6, nullptr);
}

std::string names_of(const std::vector<CpuLook::User>& users) {
  std::string names;
  for (const auto& user : users)
    names += fmt::format("{}{} {:.0f} %", names.empty() ? ": " : ", ", user.name, user.percent);
  return names;
}

}  // namespace

Finding check_other_load(const Machine& machine) {
  if (!machine.cpu_look) return {Verdict::unknown, "nobody looked", ""};
  const auto& look = *machine.cpu_look;
  const auto found =
      fmt::format("others used {:.0f} % of the CPUs' time while we looked{}", look.others_percent,
                  look.others_percent >= kBusyPercent ? names_of(look.busiest) : "");
  if (look.others_percent >= kVeryBusyPercent) return {Verdict::problem, found, kEndIt};
  if (look.others_percent >= kBusyPercent) return {Verdict::warning, found, kEndIt};
  return {Verdict::ok, found, ""};
}

Finding check_load_average(const Machine& machine) {
  const auto words = words_of(machine.files.line("proc/loadavg").value_or(""));
  const auto cpus = usable_cpus(machine.files);
  if (words.empty() || cpus == 0) return {Verdict::unknown, "/proc/loadavg cannot be read", ""};
  const double load = std::strtod(words[0].c_str(), nullptr);
  const auto found = fmt::format("{:.2f} over the last minute, {} CPUs", load, cpus);
  // It lags by a minute, so that it can only warn.
  if (load < 0.25 * static_cast<double>(cpus)) return {Verdict::ok, found, ""};
  return {Verdict::warning, found, "wait a minute and look again; who it is: top -o %CPU"};
}

Finding check_pressure(const Machine& machine) {
  const auto cpu = waiting_percent(machine.files, "cpu");
  if (!cpu) {
    return {Verdict::unknown, "the kernel does not account for pressure",
            "boot with psi=1, where the kernel was built with CONFIG_PSI"};
  }
  const double memory = waiting_percent(machine.files, "memory").value_or(0);
  const double io = waiting_percent(machine.files, "io").value_or(0);
  const auto found = fmt::format(
      "of the last 10 s something waited {:.0f} % for a CPU, {:.0f} % for memory, {:.0f} % for disks", *cpu,
      memory, io);
  if (*cpu >= kVeryBusyPercent || memory >= kVeryBusyPercent) return {Verdict::problem, found, kEndIt};
  if (*cpu >= kBusyPercent || memory >= kBusyPercent || io >= kVeryBusyPercent) {
    return {Verdict::warning, found, kEndIt};
  }
  return {Verdict::ok, found, ""};
}

}  // namespace threadmill::harness::doctor
