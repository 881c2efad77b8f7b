#include "results/gate/ab.h"

#include <fmt/format.h>

#include "results/comparison/cell.h"
#include "results/comparison/comparison.h"
#include "results/statistics/multiple_tests.h"

namespace threadmill::results {
namespace {

std::string problem_of(const Row* row, const std::string& subject) {
  if (row == nullptr) return fmt::format("{}: it has no trial", subject);
  const CellVerdict verdict = judge_cell(*row);
  return verdict.state == CellState::invalid ? fmt::format("{}: {}", subject, verdict.reason) : "";
}

AbMetric measure(const Row& a, const Row& b, Metric metric) {
  AbMetric measured;
  measured.metric = metric;
  measured.a = a.spreads[metric];
  measured.b = b.spreads[metric];
  for (const Row* row : {&a, &b}) {
    const std::string reason = what_spoils(*row, metric);
    if (reason.empty()) continue;
    measured.spoiled_by = fmt::format("{}: {}", row->subject, reason);
    return measured;
  }
  measured.contrast =
      contrast_of_pairs(ratios_by_repeat(values_by_repeat(b, metric), values_by_repeat(a, metric)));
  return measured;
}

void decide(std::vector<AbMetric>& metrics) {
  std::vector<double> p_values;
  for (const AbMetric& metric : metrics)
    p_values.push_back(metric.contrast.ratio ? metric.contrast.ratio->p_value : 1);
  const auto corrected = holm(p_values);
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    metrics[i].corrected_p = corrected[i];
    metrics[i].contrast.smallest_detectable = smallest_detectable_change(metrics[i].contrast, metrics.size());
    metrics[i].differs = corrected[i] <= significance_level && metrics[i].contrast.above_noise();
  }
}

bool is_precise(const AbMetric& metric, double precision) {
  const auto& ratio = metric.contrast.ratio;
  const auto reached = ratio ? precision_of(*ratio) : std::nullopt;
  return reached && *reached <= precision;
}

}  // namespace

std::optional<char> AbMetric::better() const {
  const Better direction = traits_of(metric).better;
  if (!differs || direction == Better::neither) return std::nullopt;
  return (contrast.ratio->ratio > 1) == (direction == Better::more) ? 'b' : 'a';
}

AbReport judge_ab(const ResultFile& file, const std::string& a, const std::string& b,
                  const std::vector<Metric>& metrics, double precision) {
  const Comparison comparison = compare({file});
  const ScenarioComparison& scenario = comparison.scenarios.at(0);
  AbReport report;
  report.scenario = scenario.name;
  report.a = a;
  report.b = b;
  report.warnings = comparison.runs.at(0).warnings;
  const Row* row_a = find_row(scenario, 0, a);
  const Row* row_b = find_row(scenario, 0, b);
  report.problem = problem_of(row_a, a);
  if (report.problem.empty()) report.problem = problem_of(row_b, b);
  if (!report.problem.empty()) return report;
  for (const Metric metric : metrics.empty() ? telling_metrics(scenario) : metrics) {
    AbMetric measured = measure(*row_a, *row_b, metric);
    if (measured.a || measured.b) report.metrics.push_back(std::move(measured));
  }
  decide(report.metrics);
  report.precise_enough = !report.metrics.empty() && is_precise(report.metrics.front(), precision);
  return report;
}

}  // namespace threadmill::results
