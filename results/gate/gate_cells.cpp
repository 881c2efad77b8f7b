#include "results/gate/gate_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "results/comparison/cell.h"

namespace threadmill::results {
namespace {

std::vector<Metric> metrics_of(const ScenarioComparison& scenario, const GateOptions& options) {
  if (!options.metrics.empty()) return options.metrics;
  return {scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request};
}

/// As "worse" goes: inverted where more is better. The first count stays that of the candidate's blocks.
Contrast in_direction(const Contrast& contrast, Metric metric) {
  if (traits_of(metric).better != Better::more) return contrast;
  Contrast turned = inverse(contrast);
  if (turned.ratio) std::swap(turned.ratio->first_count, turned.ratio->second_count);
  return turned;
}

BlockSamples blocks(const Row& row, const Row* yardstick, Metric metric) {
  const ByRepeat values = values_by_repeat(row, metric);
  return blocks_of(yardstick == nullptr ? values
                                        : ratios_by_repeat(values, values_by_repeat(*yardstick, metric)));
}

/// The yardstick is a server's work for a request: what it says of the machine is said of CPU time.
bool is_cpu_time(Metric metric) {
  constexpr std::array of_cpu = {Metric::cpu_us_per_request, Metric::cpu_us_per_delivery,
                                 Metric::user_cpu_us_per_request, Metric::system_cpu_us_per_request};
  return std::find(of_cpu.begin(), of_cpu.end(), metric) != of_cpu.end();
}

/// Whether each valid trial has a value above 0: there is no proportion to 0.
bool measures(const Row& yardstick, Metric metric) {
  return std::all_of(yardstick.trials.begin(), yardstick.trials.end(), [&](const Trial& trial) {
    return !trial.valid() || trial.values[metric].value_or(0) > 0;
  });
}

/// Without the yardsticks where they say nothing about the metric.
GateSides by_metric(GateSides sides, Metric metric) {
  if (sides.baseline_yardstick == nullptr) return sides;
  if (is_cpu_time(metric) && measures(*sides.baseline_yardstick, metric) &&
      measures(*sides.candidate_yardstick, metric))
    return sides;
  sides.baseline_yardstick = sides.candidate_yardstick = nullptr;
  return sides;
}

/// Why two runs without a yardstick cannot be told from what the machine did meanwhile; "" where they can.
std::string what_disturbed(const GateSides& sides) {
  if (sides.paired || sides.baseline_yardstick != nullptr) return "";
  for (const auto& [row, name] : {std::pair(sides.baseline, "baseline"), {sides.candidate, "candidate"}}) {
    const auto disturbed = std::count_if(row->trials.begin(), row->trials.end(),
                                         [](const Trial& trial) { return !trial.disturbances.empty(); });
    if (2 * static_cast<std::size_t>(disturbed) <= row->trials.size()) continue;
    return fmt::format(
        "{} of {} trials of the {} were disturbed, and there is no yardstick to tell what that changed; "
        "measure on a quieter machine, or run both builds side by side: --baseline PROGRAM.",
        disturbed, row->trials.size(), name);
  }
  return "";
}

Contrast contrast_of(const GateSides& sides, Metric metric) {
  if (sides.paired) {
    return contrast_of_pairs(ratios_by_repeat(values_by_repeat(*sides.candidate, metric),
                                              values_by_repeat(*sides.baseline, metric)));
  }
  const BlockSamples baseline = blocks(*sides.baseline, sides.baseline_yardstick, metric);
  const BlockSamples candidate = blocks(*sides.candidate, sides.candidate_yardstick, metric);
  return contrast_of_samples(baseline, candidate);
}

std::optional<std::string> why_invalid(const GateSides& sides) {
  for (const auto& [row, name] : {std::pair(sides.baseline, "Baseline"), {sides.candidate, "Candidate"}}) {
    const CellVerdict verdict = judge_cell(*row);
    if (verdict.state == CellState::invalid) return fmt::format("{}: {}.", name, verdict.reason);
  }
  return std::nullopt;
}

/// "Baseline: the load generator was the limit."
std::string what_spoils(const GateSides& sides, Metric metric) {
  for (const auto& [row, name] : {std::pair(sides.baseline, "Baseline"), {sides.candidate, "Candidate"}}) {
    const std::string reason = what_spoils(*row, metric);
    if (!reason.empty()) return fmt::format("{}: {}.", name, reason);
  }
  return "";
}

MeasuredCell measure(const GateSides& sides, Metric metric) {
  MeasuredCell measured;
  GateCell& cell = measured.cell;
  cell.metric = metric;
  cell.baseline = sides.baseline->spreads[metric];
  cell.candidate = sides.candidate->spreads[metric];
  if (const auto why = why_invalid(sides)) {
    cell.outcome = GateOutcome::invalid;
    cell.reason = *why;
    return measured;
  }
  measured.undecidable = what_spoils(sides, metric);
  if (cell.baseline.has_value() != cell.candidate.has_value())
    measured.undecidable =
        fmt::format("The {} did not measure it.", cell.baseline ? "candidate" : "baseline");
  if (!measured.undecidable.empty()) return measured;
  measured.worsening = in_direction(contrast_of(sides, metric), metric);
  cell.worsening = measured.worsening.ratio;
  measured.undecidable = what_disturbed(sides);
  measured.lacks_yardstick = !sides.paired && sides.baseline_yardstick == nullptr && is_cpu_time(metric);
  cell.noise_floor = measured.worsening.noise_floor;
  if (sides.baseline_yardstick != nullptr) {
    const Contrast drift = contrast_of_samples(blocks(*sides.baseline_yardstick, nullptr, metric),
                                               blocks(*sides.candidate_yardstick, nullptr, metric));
    cell.yardstick = in_direction(drift, metric).ratio;
  }
  return measured;
}

}  // namespace

void add_cells(std::vector<MeasuredCell>& cells, const ScenarioComparison& scenario, const GateSides& sides,
               const GateOptions& options) {
  for (const Metric metric : metrics_of(scenario, options)) {
    MeasuredCell measured = measure(by_metric(sides, metric), metric);
    // A metric that means nothing in this scenario is no cell.
    if (!measured.cell.baseline && !measured.cell.candidate && measured.cell.outcome != GateOutcome::invalid)
      continue;
    measured.cell.scenario = scenario.name;
    measured.cell.subject = sides.candidate->subject;
    cells.push_back(std::move(measured));
  }
}

void add_lonely_cells(std::vector<MeasuredCell>& cells, const ScenarioComparison& scenario,
                      const Row& baseline, const std::string& why, const GateOptions& options) {
  for (const Metric metric : metrics_of(scenario, options)) {
    if (!baseline.spreads[metric]) continue;
    MeasuredCell lonely;
    lonely.cell.scenario = scenario.name;
    lonely.cell.subject = baseline.subject;
    lonely.cell.metric = metric;
    lonely.cell.baseline = baseline.spreads[metric];
    lonely.cell.only_in_baseline = true;
    lonely.undecidable = fmt::format("The candidate has nothing to put beside it: {}.", why);
    cells.push_back(std::move(lonely));
  }
}

}  // namespace threadmill::results
