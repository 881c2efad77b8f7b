// How well this machine tells the time, and how late it wakes a sleeper.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/doctor/checks.h"
#include "harness/machine/virtual_machine.h"

namespace threadmill::harness::doctor {
namespace {

constexpr const char* kClockFolder = "sys/devices/system/clocksource/clocksource0/";
constexpr std::int64_t kUsualSlackNs = 50'000;  // of every process, unless somebody changed it: prctl(2)

// Read without a system call; the others ask a device on the board.
constexpr std::array kQuickClocks = {"tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"};
constexpr std::array kSlowClocks = {"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"};

bool is_one_of(const auto& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The first quick clock that the kernel would take.
std::string quick_one_of(const std::vector<std::string>& available) {
  const auto quick = std::find_if(available.begin(), available.end(),
                                  [](const auto& name) { return is_one_of(kQuickClocks, name); });
  return quick == available.end() ? "" : *quick;
}

}  // namespace

Finding check_clock_source(const Machine& machine) {
  const std::string folder = kClockFolder;
  const auto current = machine.files.line(folder + "current_clocksource");
  if (!current) return {Verdict::unknown, "the kernel does not tell", ""};
  if (is_one_of(kQuickClocks, *current)) return {Verdict::ok, *current, ""};
  if (!is_one_of(kSlowClocks, *current))
    return {Verdict::unknown, *current + ", of which we know nothing", ""};
  const auto available = words_of(machine.files.line(folder + "available_clocksource").value_or(""));
  const auto better = quick_one_of(available);
  return {Verdict::problem, *current,
          better.empty() ? "no quicker one is available; why not: sudo dmesg | grep -i -e clocksource -e tsc"
                         : fmt::format("echo {} | sudo tee /{}current_clocksource", better, folder)};
}

Finding check_timers(const Machine& machine) {
  if (machine.timer_resolution_ns == 1) return {Verdict::ok, "high resolution", ""};
  return {
      Verdict::problem,
      fmt::format("they fire at ticks of {:.1f} ms", static_cast<double>(machine.timer_resolution_ns) / 1e6),
      "boot without highres=off, on a kernel with CONFIG_HIGH_RES_TIMERS"};
}

Finding check_timer_slack(const Machine& machine) {
  const auto slack = machine.files.number("proc/self/timerslack_ns");
  if (!slack) return {Verdict::unknown, "the kernel does not tell", ""};
  const auto found =
      fmt::format("{} us for servers, none for the generator", static_cast<double>(*slack) / 1000);
  if (*slack <= kUsualSlackNs) return {Verdict::ok, found, ""};
  return {Verdict::warning, found, fmt::format("echo {} > /proc/$$/timerslack_ns", kUsualSlackNs)};
}

Finding check_wake_ups(const Machine& machine) {
  if (!machine.wake_ups) return {Verdict::unknown, "nobody looked", ""};
  const auto& late = *machine.wake_ups;
  const auto found =
      fmt::format("of {} sleeps the median ended {:.0f} us late, p99 {:.0f} us, the worst {:.0f} us",
                  late.count, late.median_us, late.p99_us, late.worst_us);
  const std::string remedy =
      is_virtual(machine.files)
          ? R"(nothing to do from inside a virtual machine, but give the generator CPUs of its own and "wait": "spin")"
          : R"(quieten the machine; else give the generator CPUs of its own and "wait": "spin")";
  // The generator polls for 2 ms before something is due: what wakes later than that sends late.
  if (late.p99_us >= 10'000) return {Verdict::problem, found, remedy};
  if (late.p99_us >= 1'000 || late.median_us >= 200) return {Verdict::warning, found, remedy};
  return {Verdict::ok, found, ""};
}

}  // namespace threadmill::harness::doctor
