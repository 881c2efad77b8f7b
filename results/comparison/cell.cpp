#include "results/comparison/cell.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>

namespace threadmill::results {
namespace {

std::size_t count_trials(const Row& row, const std::function<bool(const Trial&)>& has) {
  return static_cast<std::size_t>(std::count_if(row.trials.begin(), row.trials.end(), has));
}

/// "1 of 4 trials".
std::string of_trials(std::size_t count, const Row& row) {
  return fmt::format("{} of {} trials", count, row.trials.size());
}

/// Causes that differ in their numbers only are the same cause.
std::string without_digits(std::string text) {
  std::erase_if(text, [](unsigned char c) { return c >= '0' && c <= '9'; });
  return text;
}

struct Cause {
  std::size_t trials = 0;
  std::string example;  ///< as the first of them told it
};

/// Of the trials that do not count; the earliest of equally common ones.
Cause commonest_cause(const Row& row) {
  std::map<std::string, std::size_t> trials_by_cause;
  for (const Trial& trial : row.trials) {
    if (!trial.valid()) ++trials_by_cause[without_digits(trial.problem)];
  }
  Cause commonest;
  for (const Trial& trial : row.trials) {
    const auto found = trials_by_cause.find(without_digits(trial.problem));
    if (found != trials_by_cause.end() && found->second > commonest.trials)
      commonest = {found->second, trial.problem};
  }
  return commonest;
}

std::string failed_trials(const Row& row, std::size_t failed) {
  const Cause cause = commonest_cause(row);
  const std::string count =
      failed == row.trials.size()
          ? fmt::format("none of its {} trials counts", failed)
          : fmt::format("{} {} not count", of_trials(failed, row), failed == 1 ? "does" : "do");
  if (cause.trials == failed) return fmt::format("{}: {}", count, cause.example);
  return fmt::format("{}, {} of them for the commonest cause: {}", count, cause.trials, cause.example);
}

/// Why nobody may compare the cell; nothing when all may.
std::optional<std::string> what_makes_it_invalid(const Row& row) {
  if (row.trials.empty()) return "it has no trial";
  const std::size_t broken = count_trials(row, [](const Trial& t) { return !t.integrity.empty(); });
  if (broken > 0)
    return fmt::format("messages lost or wrong in {}: {}", of_trials(broken, row), listed(row.integrity));
  const std::size_t missing = count_trials(
      row, [](const Trial& t) { return t.values[Metric::established_percent].value_or(100) < 100; });
  if (missing > 0) {
    double fewest = 100;
    for (const Trial& trial : row.trials)
      fewest = std::min(fewest, trial.values[Metric::established_percent].value_or(100));
    return fmt::format("connections missing in {}: as few as {:.3g} % of them were established",
                       of_trials(missing, row), fewest);
  }
  const std::size_t failed = row.trials.size() - row.valid;
  if (row.valid == 0 ||
      static_cast<double>(failed) > most_failed_share * static_cast<double>(row.trials.size()))
    return failed_trials(row, failed);
  return std::nullopt;
}

/// How busy both sides were, as medians over the valid trials: "server 31 %, generator 12 % of a CPU".
std::string how_busy(const Row& row) {
  const auto share = [&](Metric metric) {
    const auto& spread = row.spreads[metric];
    return spread ? fmt::format("{:.0f} %", spread->median) : std::string("not known");
  };
  return fmt::format("server {}, generator {} of a CPU busy", share(Metric::server_cpu_percent),
                     share(Metric::generator_cpu_percent));
}

/// What the trial in the middle of those limited so gives as its reason, and how many they are where not all
/// agree. In the middle by rate: the fastest and the slowest are the least like the others.
std::string reason_of(const Row& row, load::LimitedBy limit) {
  std::vector<const Trial*> trials;
  for (const Trial& trial : row.trials) {
    if (trial.valid() && trial.limit && trial.limit->limited_by == limit) trials.push_back(&trial);
  }
  if (trials.empty()) return {};
  std::stable_sort(trials.begin(), trials.end(), [](const Trial* a, const Trial* b) {
    return a->values[Metric::requests_per_s] < b->values[Metric::requests_per_s];
  });
  const std::string& reason = trials[(trials.size() - 1) / 2]->limit->reason;
  if (trials.size() == row.valid) return reason;
  return fmt::format("{} (so in {} of {} valid trials)", reason, trials.size(), row.valid);
}

/// "limits of 4 valid trials: 2 by the server, 1 by the generator, 1 not known".
std::string disagreement(const Row& row) {
  const LimitCounts& limits = row.limits;
  const std::size_t neither = limits.schedule + limits.none;
  const std::size_t unknown = limits.valid - limits.server - limits.generator - neither;
  std::vector<std::string> parts;
  const auto add = [&](std::size_t trials, std::string_view by) {
    if (trials > 0) parts.push_back(fmt::format("{} {}", trials, by));
  };
  add(limits.server, "by the server");
  add(limits.generator, "by the generator");
  add(neither, "by neither");
  add(unknown, "not known");
  return fmt::format("limits of {} valid trials: {}", limits.valid, fmt::join(parts, ", "));
}

CellVerdict judge_limits(const Row& row) {
  const LimitCounts& limits = row.limits;
  const auto most = [&](std::size_t trials) { return 2 * trials > limits.valid; };
  if (most(limits.server)) return {CellState::server_bound, reason_of(row, load::LimitedBy::server)};
  if (most(limits.generator)) return {CellState::generator_bound, reason_of(row, load::LimitedBy::generator)};
  if (most(limits.schedule + limits.none)) {
    const std::string pace =
        limits.schedule > limits.none ? reason_of(row, load::LimitedBy::schedule) : "neither side was full";
    return {CellState::latency_bound, pace + "; " + how_busy(row)};
  }
  if (limits.server + limits.generator + limits.schedule + limits.none > 0)
    return {CellState::mixed, disagreement(row)};
  if (row.shared_cpus) return {CellState::unknown, "server and generator ran on the same CPUs"};
  return {CellState::unknown,
          fmt::format("none of {} valid trials tells how busy both sides were", row.valid)};
}

}  // namespace

CellVerdict judge_cell(const Row& row) {
  if (auto reason = what_makes_it_invalid(row)) return {CellState::invalid, std::move(*reason)};
  return judge_limits(row);
}

bool is_comparable(const Row& row) { return judge_cell(row).state != CellState::invalid; }

std::string_view cell_state_name(CellState state) {
  constexpr std::array<std::string_view, 6> names = {"invalid",       "server-bound", "generator-bound",
                                                     "latency-bound", "mixed",        "unknown"};
  return names[static_cast<std::size_t>(state)];
}

}  // namespace threadmill::results
