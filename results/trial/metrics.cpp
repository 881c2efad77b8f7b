#include "results/trial/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "loadgen/self_knowledge.h"
#include "results/trial/disturbances.h"
#include "results/file/json_access.h"
#include "results/trial/latency.h"
#include "results/trial/server_samples.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

constexpr std::array<MetricTraits, metric_count> traits{{
    {Metric::requests_per_s, "requests_per_s",
     "Requests answered while the load was on, divided by that time: from the first send to the deadline or, "
     "in a scenario "
     "by count, to the last answer. For chat, publications acknowledged.",
     Better::more},
    {Metric::deliveries_per_s, "deliveries_per_s",
     "Messages that subscribers received while the load was on, divided by that time.", Better::more},
    {Metric::service_p50_ns, "service_p50_ns",
     "Service time (actual send to reply): half of the requests took at most this.", Better::less},
    {Metric::service_p99_ns, "service_p99_ns", "Service time: 99 of 100 requests took at most this.",
     Better::less},
    {Metric::service_p999_ns, "service_p999_ns", "Service time: 999 of 1,000 requests took at most this.",
     Better::less},
    {Metric::response_p50_ns, "response_p50_ns",
     "Response time (when the schedule meant it to be sent, to reply): half of the requests took at most "
     "this. "
     "Only where a schedule says when requests are sent.",
     Better::less},
    {Metric::response_p99_ns, "response_p99_ns", "Response time: 99 of 100 requests took at most this.",
     Better::less},
    {Metric::response_p999_ns, "response_p999_ns", "Response time: 999 of 1,000 requests took at most this.",
     Better::less},
    {Metric::delivery_p50_ns, "delivery_p50_ns",
     "Delivery (PUBLISH sent to message received): half took at most this.", Better::less},
    {Metric::delivery_p99_ns, "delivery_p99_ns", "Delivery: 99 of 100 took at most this.", Better::less},
    {Metric::delivery_p999_ns, "delivery_p999_ns", "Delivery: 999 of 1,000 took at most this.", Better::less},
    {Metric::delivery_response_p50_ns, "delivery_response_p50_ns",
     "Delivery from when the schedule meant the message to be published: half took at most this.",
     Better::less},
    {Metric::delivery_response_p99_ns, "delivery_response_p99_ns",
     "Delivery from the schedule: 99 of 100 took at most this.", Better::less},
    {Metric::delivery_response_p999_ns, "delivery_response_p999_ns",
     "Delivery from the schedule: 999 of 1,000 took at most this.", Better::less},
    {Metric::slip_p99_ns, "slip_p99_ns",
     "Schedule slip (when it was meant to be sent, to when it was): 99 of 100 requests left no later than "
     "this."},
    {Metric::cpu_us_per_request, "cpu_us_per_request",
     "CPU time of the server's whole process tree in the window, divided by the requests answered.",
     Better::less},
    {Metric::cpu_us_per_delivery, "cpu_us_per_delivery",
     "CPU time of the server's whole process tree in the window, divided by the messages delivered.",
     Better::less},
    {Metric::server_cpu_percent, "server_cpu_percent",
     "Server CPU time divided by the window; 100 % is one CPU."},
    {Metric::server_cpu_percent_max, "server_cpu_percent_max",
     "The busiest interval between two samples (ten a second, and one at each end of the window) of the "
     "server; 100 % is one CPU."},
    {Metric::pss_peak_bytes, "pss_peak_bytes",
     "Largest proportional set size of the server's process tree: pages that processes share count once.",
     Better::less},
    {Metric::bytes_per_connection, "bytes_per_connection",
     "PSS, kernel stacks and page tables with every connection still open after the load, less what the "
     "server used "
     "before the first connection where that was sampled (otherwise the whole server is in it, and the "
     "report says "
     "so), divided by the connections. Socket buffers inside the kernel are not in it.",
     Better::less},
    {Metric::switches_per_request, "switches_per_request",
     "Voluntary and involuntary context switches of the server in the window, divided by the requests "
     "answered. Where threads ended in the window and took their counts with them: of the pass that counts "
     "system calls.",
     Better::less},
    {Metric::generator_cpu_percent, "generator_cpu_percent",
     "CPU time of the load generator's threads divided by the window; 100 % is one CPU."},
    {Metric::starved_percent, "starved_percent",
     "Of the window, while the load generator's thread that waited most could have run and others had its "
     "CPU."},
    {Metric::littles_law_residual_percent, "littles_law_residual_percent",
     "Little's law: requests under way = rate x time of each. What is missing, of those that the plan keeps "
     "under way; far from 0, time was spent that nothing accounts for. Closed loops by time only."},
    {Metric::established_percent, "established_percent", "Connections established, of those asked for.",
     Better::more},
    {Metric::backlog_requests, "backlog_requests",
     "Requests or messages under way when sending ended: in an open loop, a queue that grew shows here."},
    {Metric::backlog_unread_bytes, "backlog_unread_bytes",
     "Bytes that had arrived and that the load generator had not read yet when sending ended."},
    {Metric::bystanders_dropped, "bystanders_dropped",
     "Bystanders (idle, slow, half-open connections) that the server closed."},
    {Metric::user_cpu_us_per_request, "user_cpu_us_per_request",
     "The part of the CPU time per request that the server spent in its own code. The sum is exact; the "
     "shares "
     "of user and system are where the kernel's clock ticks found it. Not where children that it reaped in "
     "the "
     "window are more than 5 % of the sum: the kernel books a child that lived for less than a tick as all "
     "user.",
     Better::less},
    {Metric::system_cpu_us_per_request, "system_cpu_us_per_request",
     "The other part: in the kernel, for the server.", Better::less},
    {Metric::voluntary_switches_per_request, "voluntary_switches_per_request",
     "Context switches because a thread of the server waited, divided by the requests answered. Not where "
     "threads ended in the window: they took their counts with them.",
     Better::less},
    {Metric::involuntary_switches_per_request, "involuntary_switches_per_request",
     "Context switches because something else was to run on the CPU of a thread that could have gone on; "
     "otherwise as the voluntary ones.",
     Better::less},
    {Metric::syscalls_per_request, "syscalls_per_request",
     "System calls of the server's whole process tree, divided by the requests answered: counted by the "
     "kernel "
     "in a short pass of its own after the first repeat, because counting slows them.",
     Better::less},
    {Metric::page_faults_per_request, "page_faults_per_request",
     "Page faults of the server in the window, minor and major, those of reaped children too, divided by the "
     "requests answered.",
     Better::less},
    {Metric::sampler_cpu_percent, "sampler_cpu_percent",
     "CPU time that watching the server cost this tool in the window (on the load generator's CPUs); 100 % "
     "is "
     "one CPU."},
    {Metric::steal_percent, "steal_percent",
     "Of the time of the CPUs that the trial used, what the hypervisor gave to others."},
    {Metric::others_cpu_percent, "others_cpu_percent",
     "Of the time of the CPUs that the trial used, what programs other than the server, the load generator "
     "and "
     "this tool took; from clock ticks."},
}};

constexpr std::array<LatencyTraits, latency_count> latency_traits{{
    {Latency::service, "/load/latency/service_time", "service time", Metric::service_p50_ns,
     Metric::service_p99_ns, Metric::service_p999_ns},
    {Latency::response, "/load/latency/response_time", "response time", Metric::response_p50_ns,
     Metric::response_p99_ns, Metric::response_p999_ns},
    {Latency::delivery, "/load/latency/delivery", "delivery", Metric::delivery_p50_ns,
     Metric::delivery_p99_ns, Metric::delivery_p999_ns},
    {Latency::delivery_response, "/load/latency/delivery_response", "delivery from the schedule",
     Metric::delivery_response_p50_ns, Metric::delivery_response_p99_ns, Metric::delivery_response_p999_ns},
}};

std::optional<double> divide(std::optional<double> dividend, std::optional<double> divisor) {
  if (!dividend || !divisor || *divisor <= 0) return std::nullopt;
  return *dividend / *divisor;
}

std::optional<double> scale(std::optional<double> value, double factor) {
  return value ? std::optional(*value * factor) : std::nullopt;
}

/// What a counter of the snapshots grew by while the load was measured: from the last gate before it.
std::optional<double> growth(const json& record, const char* counter) {
  const json* after = gate_snapshot(record, "measured");
  const json* before = snapshot_before_load(record);
  if (before == nullptr || after == nullptr) return std::nullopt;
  const auto from = number_at(*before, counter);
  const auto to = number_at(*after, counter);
  // A counter summed over a process tree shrinks when a process leaves: then the window is not known.
  if (!from || !to || *to < *from) return std::nullopt;
  return *to - *from;
}

std::optional<double> memory_of(const json* snapshot) {
  if (snapshot == nullptr) return std::nullopt;
  const auto pss = number_at(*snapshot, "/pss_bytes");
  if (!pss) return std::nullopt;
  return *pss + number_at(*snapshot, "/kernel_stack_bytes").value_or(0) +
         number_at(*snapshot, "/page_table_bytes").value_or(0);
}

void derive_memory(const json& record, Trial& trial) {
  trial.values[Metric::pss_peak_bytes] = number_at(record, "/samples/pss_peak_bytes");
  const json* loaded_gate = gate_snapshot(record, "measured");
  const auto loaded = memory_of(loaded_gate != nullptr ? loaded_gate : gate_snapshot(record, "connected"));
  const auto idle = memory_of(gate_snapshot(record, "start"));
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

std::optional<double> generator_cpu_ns(const json& record) {
  std::optional<double> sum;
  const json* threads = find_at(record, "/load/generator/threads");
  if (threads == nullptr || !threads->is_array()) return sum;
  for (const json& thread : *threads) {
    const auto used = number_at(thread, "/window_cpu_ns");
    if (used) sum = sum.value_or(0) + *used;
  }
  return sum;
}

/// The generator's evidence with what only the harness saw: the server's CPU. Where that is not known (both
/// ran on the same CPUs), nobody can say.
std::optional<load::LimitJudgement> limit_of_trial(const json& record, std::optional<double> server_share) {
  const json* self = find_at(record, "/load/self");
  if (self == nullptr || !server_share) return std::nullopt;
  auto evidence = load::limit_evidence_from_json(*self);
  if (!evidence) return std::nullopt;
  evidence->server_cpu = server_share;
  return load::judge_limit(*evidence);
}

Counts counts_above_zero(const json* counters) {
  Counts counts;
  if (counters == nullptr || !counters->is_object()) return counts;
  for (const auto& [kind, count] : counters->items()) {
    if (count.is_number() && count.get<double>() > 0) counts[kind] = count.get<std::uint64_t>();
  }
  return counts;
}

std::string describe(const Counts& counts) {
  std::string text;
  for (const auto& [kind, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, kind);
  return text;
}

std::string problem_of(const json& record, const Trial& trial, std::optional<double> window_ns) {
  if (text_at(record, "/outcome") != "ok") {
    const std::string stage = text_at(record, "/failure/stage"), reason = text_at(record, "/failure/reason");
    return fmt::format("failed at {}: {}", stage.empty() ? "an unnamed stage" : stage,
                       reason.empty() ? "no reason recorded" : reason);
  }
  if (find_at(record, "/load/outcome") == nullptr) return "no load report";
  if (text_at(record, "/load/outcome") != "complete")
    return "load failed: " + text_at(record, "/load/failure");
  if (!trial.errors.empty()) return "errors: " + describe(trial.errors);
  if (!trial.integrity.empty()) return "integrity: " + describe(trial.integrity);
  const auto asked = number_at(record, "/load/connections/asked");
  const auto established = number_at(record, "/load/connections/established");
  if (asked && established && *established < *asked) {
    return fmt::format("only {:.0f} of {:.0f} connections were established", *established, *asked);
  }
  if (!window_ns) return "the measured window is empty";
  if (number_at(record, "/load/completed").value_or(0) <= 0) return "nothing was completed in the window";
  return {};
}

std::optional<Percentiles> percentiles_at(const json& record, const char* pointer) {
  MergedLatency latency;
  latency.add(find_at(record, pointer));
  return latency.percentiles();
}

void derive_latency(const json& record, Trial& trial) {
  try {
    for (const auto& kind : latency_traits) {
      const auto percentiles = percentiles_at(record, kind.pointer);
      if (!percentiles) continue;
      trial.values[kind.p50] = percentiles->p50_ns;
      trial.values[kind.p99] = percentiles->p99_ns;
      trial.values[kind.p999] = percentiles->p999_ns;
    }
    if (const auto slip = percentiles_at(record, "/load/latency/slip")) {
      trial.values[Metric::slip_p99_ns] = slip->p99_ns;
    }
  } catch (const std::exception& error) {
    if (trial.problem.empty()) trial.problem = fmt::format("unreadable latency histogram: {}", error.what());
  }
}

/// Bystanders that the server closed, of all kinds; nothing where there were none.
std::optional<double> bystanders_dropped(const json& record) {
  std::optional<double> sum;
  for (const char* pointer :
       {"/load/bystanders/idle/dropped_by_server", "/load/bystanders/slow_readers/dropped_by_server",
        "/load/bystanders/half_open/dropped_by_server"}) {
    if (const auto dropped = number_at(record, pointer)) sum = sum.value_or(0) + *dropped;
  }
  return sum;
}

/// What the generator tells of itself.
void derive_instrument(const json& record, Trial& trial) {
  auto& values = trial.values;
  values[Metric::starved_percent] = scale(number_at(record, "/load/self/starved"), 100);
  values[Metric::littles_law_residual_percent] =
      scale(number_at(record, "/load/self/littles_law_residual"), 100);
  values[Metric::established_percent] = scale(divide(number_at(record, "/load/connections/established"),
                                                     number_at(record, "/load/connections/asked")),
                                              100);
  // At the deadline of sending: a run by number of messages has none.
  if (number_at(record, "/load/window/deadline_ns")) {
    values[Metric::backlog_requests] = number_at(record, "/load/generator/backlog/in_flight");
    values[Metric::backlog_unread_bytes] = number_at(record, "/load/generator/backlog/unread_bytes");
  }
  values[Metric::bystanders_dropped] = bystanders_dropped(record);
  trial.warmup = warmup_end(record);
  trial.contracts = contracts_of(record);
}

/// User and system time by the shares of their ticks. A child that is reaped before a tick finds it counts as
/// all user (cputime_adjust() in linux/kernel/sched/cputime.c).
void derive_cpu_parts(const json& record, Trial& trial) {
  constexpr double most_reaped = 0.05;
  const auto cpu_ns = growth(record, "/cpu_ns"), reaped_ns = growth(record, "/reaped_cpu_ns");
  const auto user = growth(record, "/user_ticks_ns"), system = growth(record, "/system_ticks_ns");
  if (!cpu_ns || !reaped_ns || !user || !system || *reaped_ns > most_reaped * *cpu_ns) return;
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
  const json* measured = gate_snapshot(record, "measured");
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

/// What the server asked of the kernel, and what came from outside.
void derive_surroundings(const json& record, std::optional<double> window_ns, Trial& trial) {
  auto& values = trial.values;
  values[Metric::syscalls_per_request] =
      divide(number_at(record, "/syscalls/counted"), number_at(record, "/syscalls/requests"));
  const auto minor = growth(record, "/minor_faults"), major = growth(record, "/major_faults");
  if (minor && major) {
    values[Metric::page_faults_per_request] = divide(*minor + *major, number_at(record, "/load/completed"));
  }
  values[Metric::sampler_cpu_percent] =
      scale(divide(number_at(record, "/samples/sampler_window_cpu_ns"), window_ns), 100);
  values[Metric::steal_percent] = number_at(record, "/machine/steal_percent");
  values[Metric::others_cpu_percent] = number_at(record, "/machine/others_cpu_percent");
  trial.explanation.syscalls_unavailable = text_at(record, "/syscalls/unavailable");
  trial.explanation.account_error = account_error(record);
  trial.disturbances = disturbances_of(record);
}

/// How many CPUs the server could use: one thread never fills more than one of those it was given.
double server_budget(const json& record, std::size_t server_cpus) {
  const auto given = static_cast<double>(server_cpus);
  const json* measured = gate_snapshot(record, "measured");
  const auto threads = measured == nullptr ? std::nullopt : number_at(*measured, "/threads");
  return threads ? std::min(given, std::max(*threads, 1.0)) : given;
}

/// The length of the measured window; nothing when it is empty.
std::optional<double> window_length_ns(const json& record) {
  const auto start = number_at(record, "/load/window/start_ns");
  const auto end = number_at(record, "/load/window/end_ns");
  if (!start || !end || *end <= *start) return std::nullopt;
  return *end - *start;
}

/// A run by time stops sending at its deadline and then waits for what is under way. That wait belongs to
/// latency and to CPU time per request, but not to a rate: one late answer would lengthen the time and bring
/// nothing.
void derive_rates(const json& record, std::optional<double> window_ns, Trial& trial) {
  const auto start = number_at(record, "/load/window/start_ns");
  const auto deadline = number_at(record, "/load/window/deadline_ns");
  const bool by_time = start && deadline && *deadline > *start;
  const auto seconds = scale(by_time ? std::optional(*deadline - *start) : window_ns, 1e-9);
  const auto count = [&](const char* all, const char* in_time) {
    return number_at(record, by_time ? in_time : all);
  };
  trial.values[Metric::requests_per_s] = divide(count("/load/completed", "/load/completed_in_time"), seconds);
  trial.values[Metric::deliveries_per_s] =
      divide(count("/load/deliveries", "/load/deliveries_in_time"), seconds);
}

}  // namespace

std::span<const MetricTraits> metrics() { return traits; }

const MetricTraits& traits_of(Metric metric) { return traits[static_cast<std::size_t>(metric)]; }

std::span<const LatencyTraits> latencies() { return latency_traits; }

std::optional<Metric> find_metric(std::string_view name) {
  const auto found =
      std::find_if(traits.begin(), traits.end(), [&](const auto& t) { return t.name == name; });
  return found == traits.end() ? std::nullopt : std::optional(found->metric);
}

Trial derive_trial(const json& record, std::size_t server_cpus) {
  Trial trial;
  trial.subject = text_at(record, "/subject");
  trial.repeat = static_cast<std::int64_t>(number_at(record, "/repeat").value_or(0));
  trial.sequence = static_cast<std::int64_t>(number_at(record, "/sequence").value_or(0));
  trial.started_at = text_at(record, "/started_at");
  trial.errors = counts_above_zero(find_at(record, "/load/errors"));
  trial.integrity = counts_above_zero(find_at(record, "/load/integrity"));

  const auto window_ns = window_length_ns(record);
  const auto window_s = scale(window_ns, 1e-9);
  trial.window_s = window_s;
  trial.problem = problem_of(record, trial, window_ns);
  const auto completed = number_at(record, "/load/completed");
  const auto deliveries = number_at(record, "/load/deliveries");
  const auto cpu_ns = growth(record, "/cpu_ns");
  auto& values = trial.values;
  derive_rates(record, window_ns, trial);
  values[Metric::cpu_us_per_request] = scale(divide(cpu_ns, completed), 1e-3);
  values[Metric::cpu_us_per_delivery] = scale(divide(cpu_ns, deliveries), 1e-3);
  values[Metric::server_cpu_percent] = scale(divide(cpu_ns, window_ns), 100);
  values[Metric::server_cpu_percent_max] = busiest_interval_percent(record);
  values[Metric::generator_cpu_percent] = scale(divide(generator_cpu_ns(record), window_ns), 100);
  derive_memory(record, trial);
  derive_latency(record, trial);
  derive_instrument(record, trial);
  derive_cpu_parts(record, trial);
  derive_switches(record, trial);
  derive_surroundings(record, window_ns, trial);
  const auto server_share = divide(divide(cpu_ns, window_ns), server_budget(record, server_cpus));
  trial.limit = limit_of_trial(record, server_share);
  return trial;
}

}  // namespace threadmill::results
