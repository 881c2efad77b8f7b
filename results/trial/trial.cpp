#include "results/trial/trial.h"

#include <fmt/format.h>

#include "loadgen/self_knowledge.h"
#include "results/file/json_access.h"
#include "results/trial/disturbances.h"
#include "results/trial/latency.h"
#include "results/trial/optional_arithmetic.h"
#include "results/trial/ranks.h"
#include "results/trial/server_costs.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

constexpr std::int64_t most_counted = std::int64_t{1} << 53;

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
/// ran on the same CPUs), nobody can say. Of several processes, one that was the limit is that of all.
std::optional<load::LimitJudgement> limit_of_trial(const json& record, std::optional<double> window_ns,
                                                   std::size_t server_cpus) {
  const auto judge = [&](const json& report) -> std::optional<load::LimitJudgement> {
    const json* self = find_at(report, "/self");
    if (self == nullptr) return std::nullopt;
    auto evidence = load::limit_evidence_from_json(*self);
    if (!evidence || !add_server_evidence(record, window_ns, server_cpus, *evidence)) return std::nullopt;
    return load::judge_limit(*evidence);
  };
  for (const auto& rank : ranks_of(record)) {
    auto limit = load::judge_start(rank.start_late_ns, window_ns.value_or(0));
    if (!limit) limit = judge(*rank.report);
    if (!limit || limit->limited_by != load::LimitedBy::generator) continue;
    return load::LimitJudgement{limit->limited_by, rank.name() + ": " + limit->reason};
  }
  const json* load = find_at(record, "/load");
  return load == nullptr ? std::nullopt : judge(*load);
}

Counts counts_above_zero(const json* counters) {
  Counts counts;
  if (counters == nullptr || !counters->is_object()) return counts;
  for (const auto& [kind, count] : counters->items()) {
    if (!count.is_number() || count.get<double>() <= 0) continue;
    // One that no counter can hold is still an error.
    counts[kind] = static_cast<std::uint64_t>(integer_of(count, 0, most_counted).value_or(most_counted));
  }
  return counts;
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
  if (!trial.errors.empty()) return "errors: " + listed(trial.errors);
  if (!trial.integrity.empty()) return "integrity: " + listed(trial.integrity);
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
    for (const auto& kind : latencies()) {
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

/// Where lost clients return: how many were lost, and how long it took until all were served again.
void derive_losses(const json& record, Trial& trial) {
  const auto lost = number_at(record, "/load/losses/clients");
  if (!lost) return;
  auto& values = trial.values;
  const auto asked = number_at(record, "/load/connections/asked");
  const auto connections = number_at(record, "/load/losses/connections");
  const auto returned = number_at(record, "/load/losses/returned");
  values[Metric::clients_lost] = lost;
  if (asked) values[Metric::clients_kept_percent] = scale(divide(*asked - *lost, asked), 100);
  if (!connections || !returned) return;
  values[Metric::clients_away] = *connections - *returned;
  const auto first = number_at(record, "/load/losses/first_ns");
  const auto last = number_at(record, "/load/losses/last_return_ns");
  // A loss in the warm-up has no time.
  const bool timed = first && last && *first > 0 && *last > *first;
  if (*lost > 0 && *connections <= *returned && timed) values[Metric::recovery_ns] = *last - *first;
}

/// When the first client of the window saw that something was wrong; nothing where none did.
std::optional<double> trouble_ns(const json& record) {
  std::optional<double> first;
  for (const char* pointer : {"/load/losses/first_ns", "/load/continuity/first_refusal_ns"}) {
    const auto at = number_at(record, pointer);
    if (at && *at > 0 && (!first || *at < *first)) first = at;
  }
  return first;
}

/// Where messages are followed singly.
void derive_continuity(const json& record, Trial& trial) {
  auto& values = trial.values;
  const auto struck = number_at(record, "/fault/struck_ns"), trouble = trouble_ns(record);
  if (struck && trouble && *trouble > *struck) values[Metric::fault_noticed_ns] = *trouble - *struck;
  if (find_at(record, "/load/continuity") == nullptr) return;
  values[Metric::messages_lost] = number_at(record, "/load/continuity/lost");
  values[Metric::messages_repeated] = number_at(record, "/load/continuity/repeated");
  values[Metric::messages_reordered] = number_at(record, "/load/continuity/reordered");
  values[Metric::publications_refused] = number_at(record, "/load/continuity/refused");
  values[Metric::longest_unconfirmed_ns] = number_at(record, "/load/continuity/longest_unconfirmed_ns");
  values[Metric::longest_silence_ns] = number_at(record, "/load/continuity/longest_silence_ns");
  if (number_at(record, "/load/continuity/caught_up").value_or(0) > 0)
    values[Metric::catching_up_ns] = number_at(record, "/load/continuity/catching_up_ns");
}

/// What the generator tells of itself.
void derive_instrument(const json& record, std::optional<double> window_ns, Trial& trial) {
  auto& values = trial.values;
  values[Metric::generator_cpu_percent] = scale(divide(generator_cpu_ns(record), window_ns), 100);
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

/// What the server asked of the kernel, and what came from outside.
void derive_surroundings(const json& record, std::optional<double> window_ns, Trial& trial) {
  auto& values = trial.values;
  values[Metric::syscalls_per_request] =
      divide(number_at(record, "/syscalls/counted"), number_at(record, "/syscalls/requests"));
  values[Metric::sampler_cpu_percent] =
      scale(divide(number_at(record, "/samples/sampler_window_cpu_ns"), window_ns), 100);
  values[Metric::steal_percent] = number_at(record, "/machine/steal_percent");
  values[Metric::others_cpu_percent] = number_at(record, "/machine/others_cpu_percent");
  trial.explanation.syscalls_unavailable = text_at(record, "/syscalls/unavailable");
  trial.explanation.account_error = account_error(record);
  trial.disturbances = disturbances_of(record);
}

/// The length of the measured window; nothing when it is empty.
std::optional<double> window_length_ns(const json& record) {
  const auto start = number_at(record, "/load/window/start_ns");
  const auto end = number_at(record, "/load/window/end_ns");
  if (!start || !end || *end <= *start) return std::nullopt;
  return *end - *start;
}

/// A publication is as many deliveries as its topic has subscribers, and counts as it reaches them. Whole
/// ones would be too few: those under way at the deadline are half there, and may be more than all that are
/// through.
std::optional<double> publications_in_time(const json& record, double deliveries_in_time) {
  const auto each = divide(number_at(record, "/load/deliveries"), number_at(record, "/load/completed"));
  return divide(deliveries_in_time, each);
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
  const auto deliveries = count("/load/deliveries", "/load/deliveries_in_time");
  const auto requests = deliveries ? publications_in_time(record, *deliveries)
                                   : count("/load/completed", "/load/completed_in_time");
  trial.values[Metric::requests_per_s] = divide(requests, seconds);
  trial.values[Metric::deliveries_per_s] = divide(deliveries, seconds);
}

}  // namespace

std::string listed(const Counts& counts) {
  std::string text;
  for (const auto& [kind, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, kind);
  return text;
}

Trial derive_trial(const json& record, std::size_t server_cpus) {
  Trial trial;
  trial.subject = text_at(record, "/subject");
  trial.repeat = integer_at(record, "/repeat", 0, highest_repeat).value_or(0);
  trial.sequence = integer_at(record, "/sequence", 0, most_counted).value_or(0);
  trial.started_at = text_at(record, "/started_at");
  trial.errors = counts_above_zero(find_at(record, "/load/errors"));
  trial.integrity = counts_above_zero(find_at(record, "/load/integrity"));

  const auto window_ns = window_length_ns(record);
  trial.window_s = scale(window_ns, 1e-9);
  trial.problem = problem_of(record, trial, window_ns);
  derive_rates(record, window_ns, trial);
  derive_server_costs(record, window_ns, trial);
  derive_latency(record, trial);
  derive_instrument(record, window_ns, trial);
  derive_losses(record, trial);
  derive_continuity(record, trial);
  trial.server_exit = text_at(record, "/fault/server_exit");
  derive_surroundings(record, window_ns, trial);
  trial.limit = limit_of_trial(record, window_ns, server_cpus);
  return trial;
}

}  // namespace threadmill::results
