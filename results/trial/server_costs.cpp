#include "results/trial/server_costs.h"

#include <algorithm>
#include <vector>

#include "results/file/json_access.h"
#include "results/trial/optional_arithmetic.h"
#include "results/trial/server_samples.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

std::optional<double> memory_of(const json* snapshot) {
  if (snapshot == nullptr) return std::nullopt;
  const auto pss = number_at(*snapshot, "/pss_bytes");
  if (!pss) return std::nullopt;
  return *pss + number_at(*snapshot, "/kernel_stack_bytes").value_or(0) +
         number_at(*snapshot, "/page_table_bytes").value_or(0);
}

void derive_memory(const json& record, Trial& trial) {
  trial.values[Metric::pss_peak_bytes] = number_at(record, "/samples/pss_peak_bytes");
  const json* loaded_gate = snapshot_at(record, "measured");
  const auto loaded = memory_of(loaded_gate != nullptr ? loaded_gate : snapshot_at(record, "connected"));
  const auto idle = memory_of(snapshot_at(record, "start"));
  trial.memory_is_growth = loaded && idle;
  const auto memory = trial.memory_is_growth ? std::optional(*loaded - *idle) : loaded;
  // A server may give back more than its connections take: no connection takes less than nothing.
  if (memory && *memory > 0)
    trial.values[Metric::bytes_per_connection] =
        divide(memory, number_at(record, "/load/connections/established"));
}

std::optional<double> busiest_interval_percent(const json& record) {
  const auto points = window_samples(record);
  std::optional<double> busiest;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double time = points[i].t_ns - points[i - 1].t_ns, cpu = points[i].cpu_ns - points[i - 1].cpu_ns;
    if (time <= 0 || cpu < 0) continue;
    busiest = std::max(busiest.value_or(0), 100 * cpu / time);
  }
  return busiest;
}

/// User and system time by the shares of their ticks. A child that is reaped before a tick finds it counts as
/// all user (cputime_adjust() in linux/kernel/sched/cputime.c).
void derive_cpu_parts(const json& record, Trial& trial) {
  constexpr double most_reaped = 0.05;
  // Twenty ticks of 10 ms: of fewer, "all in the kernel" is chance.
  constexpr double fewest_ticks_ns = 200e6;
  const auto cpu_ns = growth(record, "/cpu_ns"), reaped_ns = growth(record, "/reaped_cpu_ns");
  const auto user = growth(record, "/user_ticks_ns"), system = growth(record, "/system_ticks_ns");
  if (!cpu_ns || !reaped_ns || !user || !system || *reaped_ns > most_reaped * *cpu_ns) return;
  if (*user + *system < fewest_ticks_ns) return;
  const auto whole = trial.values[Metric::cpu_us_per_request];
  const auto user_share = divide(user, *user + *system);
  if (!whole || !user_share) return;
  trial.values[Metric::user_cpu_us_per_request] = *whole * *user_share;
  trial.values[Metric::system_cpu_us_per_request] = *whole * (1 - *user_share);
}

/// The kernel tells the switches of live threads only.
void derive_switches(const json& record, Trial& trial) {
  const auto completed = number_at(record, "/load/completed");
  auto& values = trial.values;
  const json* measured = snapshot_at(record, "measured");
  if (measured != nullptr) trial.explanation.threads = number_at(*measured, "/threads");
  trial.explanation.threads_ended =
      measured != nullptr && number_at(*measured, "/threads_gone").value_or(0) > 0;
  if (trial.explanation.threads_ended) {
    values[Metric::switches_per_request] =
        divide(number_at(record, "/syscalls/switches"), number_at(record, "/syscalls/requests"));
    return;
  }
  const auto voluntary = growth(record, "/voluntary_switches");
  const auto involuntary = growth(record, "/involuntary_switches");
  values[Metric::voluntary_switches_per_request] = divide(voluntary, completed);
  values[Metric::involuntary_switches_per_request] = divide(involuntary, completed);
  if (voluntary && involuntary) {
    values[Metric::switches_per_request] = divide(*voluntary + *involuntary, completed);
  }
}

void derive_page_faults(const json& record, Trial& trial) {
  const auto minor = growth(record, "/minor_faults"), major = growth(record, "/major_faults");
  if (!minor || !major) return;
  trial.values[Metric::page_faults_per_request] =
      divide(*minor + *major, number_at(record, "/load/completed"));
}

void derive_cpu(const json& record, std::optional<double> window_ns, Trial& trial) {
  const auto cpu_ns = growth(record, "/cpu_ns");
  auto& values = trial.values;
  values[Metric::cpu_us_per_request] = scale(divide(cpu_ns, number_at(record, "/load/completed")), 1e-3);
  values[Metric::cpu_us_per_delivery] = scale(divide(cpu_ns, number_at(record, "/load/deliveries")), 1e-3);
  values[Metric::server_cpu_percent] = scale(divide(cpu_ns, window_ns), 100);
  values[Metric::server_cpu_percent_max] = busiest_interval_percent(record);
}

/// How many CPUs the server could use: one thread never fills more than one of those it was given.
double server_budget(const json& record, std::size_t server_cpus) {
  const auto given = static_cast<double>(server_cpus);
  const json* measured = snapshot_at(record, "measured");
  const auto threads = measured == nullptr ? std::nullopt : number_at(*measured, "/threads");
  return threads ? std::min(given, std::max(*threads, 1.0)) : given;
}

}  // namespace

void derive_server_costs(const json& record, std::optional<double> window_ns, Trial& trial) {
  if (ended_in_window(record)) return;
  derive_cpu(record, window_ns, trial);
  derive_memory(record, trial);
  derive_cpu_parts(record, trial);
  derive_switches(record, trial);
  derive_page_faults(record, trial);
}

bool add_server_evidence(const json& record, std::optional<double> window_ns, std::size_t server_cpus,
                         load::LimitEvidence& evidence) {
  evidence.server_cpu =
      divide(divide(growth(record, "/cpu_ns"), window_ns), server_budget(record, server_cpus));
  if (!evidence.server_cpu) return false;
  const json* measured = snapshot_at(record, "measured");
  evidence.server_thread = divide(number_at(*measured, "/busiest_thread_cpu_ns"), window_ns);
  return true;
}

}  // namespace threadmill::results
