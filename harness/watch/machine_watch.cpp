#include "harness/watch/machine_watch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/process/proc_file.h"
#include "os/clock.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;

// /proc/stat counts clock ticks of 10 ms: of a shorter time they tell next to nothing.
constexpr std::int64_t kShortest_ns = 200'000'000;

// A kernel that does not measure interrupts finds itself in a hard one next to never, for the clock tick is
// one.
constexpr std::int64_t kTrace = 10'000;

bool contains(const os::CpuSet& cpus, int cpu) {
  return std::find(cpus.begin(), cpus.end(), cpu) != cpus.end();
}

// proc(5): user nice system idle iowait irq softirq steal; guests' time is in user and nice already.
struct StatLine {
  int cpu = 0;
  std::array<std::int64_t, 8> ticks{};

  std::int64_t tasks() const { return ticks[0] + ticks[1] + ticks[2]; }
  std::int64_t hard_interrupts() const { return ticks[5]; }
  std::int64_t soft_interrupts() const { return ticks[6]; }
  std::int64_t steal() const { return ticks[7]; }
};

std::optional<StatLine> parse_cpu_line(const std::string& text) {
  StatLine line;
  if (text.rfind("cpu", 0) != 0 || text.size() < 4 || text[3] < '0' || text[3] > '9') return std::nullopt;
  std::istringstream in(text.substr(3));
  in >> line.cpu;
  for (auto& ticks : line.ticks) in >> ticks;
  return in ? std::optional(line) : std::nullopt;
}

// In MHz: what the frequency driver says, else what the processor says of itself.
std::optional<double> read_mhz(int cpu, const std::string& cpuinfo) {
  const auto khz = read_proc_file(fmt::format("/sys/devices/system/cpu/cpu{}/cpufreq/scaling_cur_freq", cpu));
  if (!khz.empty()) return std::strtod(khz.c_str(), nullptr) / 1000;
  auto at = cpuinfo.find(fmt::format("processor\t: {}\n", cpu));
  if (at != std::string::npos) at = cpuinfo.find("cpu MHz", at);
  if (at != std::string::npos) at = cpuinfo.find(':', at);
  if (at == std::string::npos) return std::nullopt;
  return std::strtod(cpuinfo.c_str() + at + 1, nullptr);
}

std::optional<double> mean_mhz(const os::CpuSet& cpus) {
  const auto cpuinfo = read_proc_file("/proc/cpuinfo");
  double sum = 0;
  for (const int cpu : cpus) {
    const auto mhz = read_mhz(cpu, cpuinfo);
    if (!mhz) return std::nullopt;
    sum += *mhz;
  }
  return cpus.empty() ? std::nullopt : std::optional(sum / static_cast<double>(cpus.size()));
}

json share(std::optional<std::int64_t> part_ns, std::int64_t whole_ns) {
  if (!part_ns || whole_ns < kShortest_ns) return nullptr;
  const double percent = 100.0 * static_cast<double>(*part_ns) / static_cast<double>(whole_ns);
  return std::clamp(percent, 0.0, 100.0);
}

std::optional<std::int64_t> growth(std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  return from && to ? std::optional(*to - *from) : std::nullopt;
}

json number_or_null(std::optional<double> value) { return value ? json(*value) : json(nullptr); }

}  // namespace

CpuTimes cpu_times(std::string_view proc_stat, const os::CpuSet& cpus) {
  static const std::int64_t ns_per_tick = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
  std::int64_t tasks = 0, soft = 0, steal = 0;
  std::int64_t all_tasks = 0,
               all_hard = 0;  // of all CPUs: how interrupts are charged is the kernel's property
  std::istringstream in{std::string(proc_stat)};
  for (std::string text; std::getline(in, text);) {
    const auto line = parse_cpu_line(text);
    if (!line) continue;
    all_tasks += line->tasks();
    all_hard += line->hard_interrupts();
    if (!contains(cpus, line->cpu)) continue;
    tasks += line->tasks();
    soft += line->soft_interrupts();
    steal += line->steal();
  }
  const bool charged_to_tasks = all_hard * kTrace <= all_tasks;
  return {(tasks + (charged_to_tasks ? soft : 0)) * ns_per_tick, steal * ns_per_tick};
}

std::optional<std::int64_t> pressure_ns(std::string_view text) {
  const auto some = text.find("some ");
  const auto total = some == std::string_view::npos ? some : text.find("total=", some);
  if (total == std::string_view::npos) return std::nullopt;
  std::int64_t microseconds = 0;
  const auto digits = text.substr(total + 6);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), microseconds);
  return parsed.ec == std::errc{} ? std::optional(microseconds * 1000) : std::nullopt;
}

MachineWatch::Reading MachineWatch::read() const {
  Reading reading;
  reading.t_ns = os::monotonic_ns();
  reading.cpus = cpu_times(read_proc_file("/proc/stat"), cpus_);
  reading.cpu_pressure_ns = pressure_ns(read_proc_file("/proc/pressure/cpu"));
  reading.memory_pressure_ns = pressure_ns(read_proc_file("/proc/pressure/memory"));
  reading.io_pressure_ns = pressure_ns(read_proc_file("/proc/pressure/io"));
  reading.mhz = mean_mhz(cpus_);
  return reading;
}

json MachineWatch::to_json(std::int64_t ours_ns) const {
  const auto time_ns = end_.t_ns - start_.t_ns;
  const auto cpus = static_cast<std::int64_t>(cpus_.size());
  const auto of_cpus = [&](std::int64_t part_ns) {
    return time_ns < kShortest_ns ? json(nullptr) : share(part_ns, time_ns * cpus);
  };
  return {{"steal_percent", of_cpus(end_.cpus.steal_ns - start_.cpus.steal_ns)},
          {"others_cpu_percent", of_cpus(end_.cpus.busy_ns - start_.cpus.busy_ns - ours_ns)},
          {"psi_cpu_percent", share(growth(start_.cpu_pressure_ns, end_.cpu_pressure_ns), time_ns)},
          {"psi_memory_percent", share(growth(start_.memory_pressure_ns, end_.memory_pressure_ns), time_ns)},
          {"psi_io_percent", share(growth(start_.io_pressure_ns, end_.io_pressure_ns), time_ns)},
          {"mhz_before", number_or_null(start_.mhz)},
          {"mhz_after", number_or_null(end_.mhz)}};
}

}  // namespace threadmill::harness
