#include "gate_reports.h"

namespace threadmill::plots {
namespace {

using results::GateCell;
using results::GateOutcome;
using results::GateReport;
using results::Metric;

results::Spread spread_around(double median, std::size_t count) {
  return {
      .count = count, .median = median, .min = 0.9 * median, .max = 1.2 * median, .interval = std::nullopt};
}

results::RatioEstimate estimate(double ratio, double low, double high) {
  results::RatioEstimate result;
  result.ratio = ratio;
  result.interval = results::Interval{low, high, 0.95};
  result.first_count = result.second_count = 20;
  return result;
}

GateCell cell_of(const char* scenario, const char* subject, Metric metric, GateOutcome outcome) {
  GateCell cell;
  cell.scenario = scenario;
  cell.subject = subject;
  cell.metric = metric;
  cell.outcome = outcome;
  return cell;
}

GateCell passed_cell() {
  GateCell cell = cell_of("echo-gate", "epoll", Metric::cpu_us_per_request, GateOutcome::passed);
  cell.reason = "At most 1.9 % worse, which is below the limit of 5 %.";
  cell.worsening = estimate(1.004, 0.989, 1.019);
  cell.baseline = spread_around(8.12, 20);
  cell.candidate = spread_around(8.15, 20);
  cell.yardstick = estimate(1.02, 1.01, 1.03);
  cell.noise_floor = 0.012;
  cell.smallest_detectable = 0.025;
  return cell;
}

GateCell regressed_cell() {
  GateCell cell = cell_of("chat-50", "broker", Metric::service_p99_ns, GateOutcome::regression);
  cell.reason = "It is 9.8 % worse (5.1 % at least), and a subject against itself differs by 2 % at most.";
  cell.worsening = estimate(1.098, 1.051, 1.147);
  cell.baseline = spread_around(412'000, 18);
  cell.candidate = spread_around(452'400, 18);
  cell.noise_floor = 0.02;
  cell.smallest_detectable = 0.06;
  return cell;
}

GateCell inconclusive_cell() {
  GateCell cell = cell_of("echo-64", "thread", Metric::requests_per_s, GateOutcome::inconclusive);
  cell.reason =
      "It may be up to 11.4 % worse; blocks differ by 9 %, so it would need about 80 of them, not 20.";
  cell.worsening = estimate(1.012, 0.92, 1.114);
  cell.baseline = spread_around(100'000, 20);
  cell.candidate = spread_around(98'800, 20);
  cell.noise_floor = 0.09;
  return cell;
}

GateCell invalid_cell() {
  GateCell cell = cell_of("echo-64", "fork", Metric::bytes_per_connection, GateOutcome::invalid);
  cell.reason = "3 of 20 trials of the candidate lost messages.";
  return cell;
}

}  // namespace

const std::string hostile_name = "a\"b'<c>&|`d`\r\n::error::e,f:g%0A*h*\x1b[31m\x01\xFF\uFFFE\u202E]]>--i";

GateReport gate_of_every_outcome() {
  GateReport report;
  report.baseline = "baseline.jsonl";
  report.candidate = "threadmill-server";
  report.took_s = 48.25;
  report.cells = {passed_cell(), regressed_cell(), inconclusive_cell(), invalid_cell()};
  report.warnings = {"the kernels differ: 6.1.0-18 and 6.1.0-21"};
  return report;
}

GateReport passed_gate() {
  GateReport report;
  report.baseline = "baseline.jsonl";
  report.candidate = "candidate.jsonl";
  report.cells = {passed_cell()};
  return report;
}

GateReport hostile_gate() {
  GateReport report = gate_of_every_outcome();
  report.baseline = report.candidate = hostile_name;
  for (GateCell& cell : report.cells) cell.scenario = cell.subject = cell.reason = hostile_name;
  report.warnings = {hostile_name};
  return report;
}

GateReport gate_of_regressions(int count) {
  GateReport report = passed_gate();
  report.cells.assign(static_cast<std::size_t>(count), regressed_cell());
  return report;
}

}  // namespace threadmill::plots
