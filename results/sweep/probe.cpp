#include "results/sweep/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "results/file/json_access.h"
#include "results/trial/latency.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

std::uint64_t sum_of(const Counts& counts) {
  std::uint64_t sum = 0;
  for (const auto& [kind, count] : counts) sum += count;
  return sum;
}

/// A trial that failed by what its report counts (errors) is judged by those counts; every other failure is
/// none of the load.
std::string why_broken(const json& record, const Trial& trial) {
  if (text_at(record, "/load/outcome") == "complete" &&
      (text_at(record, "/outcome") == "ok" || text_at(record, "/failure/stage") == "load")) {
    return {};
  }
  return trial.problem.empty() ? "the trial has no load report" : trial.problem;
}

std::string too_many_errors(const Trial& trial, std::uint64_t most) {
  const auto errors = sum_of(trial.errors), violations = sum_of(trial.integrity);
  if (errors + violations <= most) return {};
  return fmt::format("{} errors and {} messages corrupt, lost, repeated or reordered; at most {} are allowed",
                     errors, violations, most);
}

std::string too_few_connections(const json& record) {
  const auto asked = number_at(record, "/load/connections/asked");
  const auto established = number_at(record, "/load/connections/established");
  if (!asked || !established || *established >= *asked) return {};
  return fmt::format("only {:.0f} of {:.0f} connections were established", *established, *asked);
}

std::string time_text(double ns) {
  return ns < 1e9 ? fmt::format("{:.3g} ms", ns / 1e6) : fmt::format("{:.3g} s", ns / 1e9);
}

std::string too_late(const json& record, const ProbeTerms& terms) {
  MergedLatency latency;
  try {
    latency.add(find_at(record, latencies()[static_cast<std::size_t>(terms.latency)].pointer));
  } catch (const std::exception& error) {
    return fmt::format("its histogram cannot be read: {}", error.what());
  }
  for (const auto& limit : terms.service_level.limits) {
    const auto value = latency.at_percentile(limit.percentile);
    if (!value) return "nothing was answered";
    if (*value >= static_cast<double>(limit.below_ns))
      return fmt::format("{} was {}, not {}", limit.name, time_text(*value), limit.text());
  }
  return {};
}

/// What falls due so late in the window that the service level lets it be answered after the window's end is
/// not missed.
std::string rate_not_kept(const json& record, const ProbeTerms& terms) {
  const auto start = number_at(record, "/load/window/start_ns");
  const auto deadline = number_at(record, "/load/window/deadline_ns");
  const auto completed = number_at(record, "/load/completed");
  const auto in_time = number_at(record, "/load/completed_in_time");
  if (!terms.open || !start || !deadline || *deadline <= *start || !completed || !in_time) return {};
  const double due = *completed + number_at(record, "/load/unsent").value_or(0);
  const double still_under_way = static_cast<double>(terms.service_level.longest_ns()) / (*deadline - *start);
  const double expected = due * std::max(0.0, 1 - still_under_way);
  if (*in_time >= kLeastKept * expected) return {};
  return fmt::format("{:.1f} % of what was due was answered in time: the rate was not kept",
                     100 * *in_time / due);
}

/// What was missed, but for errors: the load generator may have been the reason.
std::string shortfall(const json& record, const ProbeTerms& terms) {
  if (auto late = too_late(record, terms); !late.empty()) return late;
  return rate_not_kept(record, terms);
}

}  // namespace

std::string_view outcome_name(ProbeOutcome outcome) {
  constexpr std::array<std::string_view, 3> names = {"meets", "violates", "cannot say"};
  return names[static_cast<std::size_t>(outcome)];
}

ProbeVerdict judge_probe(const json& record, const Trial& trial, const ProbeTerms& terms) {
  if (auto broken = why_broken(record, trial); !broken.empty()) return {std::nullopt, std::move(broken)};
  if (auto errors = too_many_errors(trial, terms.max_errors); !errors.empty())
    return {ProbeOutcome::violates, std::move(errors)};
  if (auto missing = too_few_connections(record); !missing.empty())
    return {ProbeOutcome::violates, std::move(missing)};
  const auto missed = shortfall(record, terms);
  if (missed.empty()) return {ProbeOutcome::meets, {}};
  if (!trial.limit) {
    return {ProbeOutcome::cannot_say, missed + "; nobody can say why: how busy the server was is not known"};
  }
  if (trial.limit->limited_by == load::LimitedBy::generator)
    return {ProbeOutcome::cannot_say,
            missed + ", but the load generator was the limit: " + trial.limit->reason};
  return {ProbeOutcome::violates, missed};
}

}  // namespace threadmill::results
