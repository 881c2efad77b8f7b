#include "plots/report/instrument_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "plots/text/text.h"
#include "plots/words/cells.h"

namespace threadmill::plots {
namespace {

using results::Metric;
using results::Row;
using results::ScenarioComparison;

template <typename Has>
bool any(const ScenarioComparison& scenario, Has has) {
  return std::any_of(scenario.rows.begin(), scenario.rows.end(), has);
}

std::string seconds(double value) { return number(value) + " s"; }

/// "steady after 1.20 s", "at the cap (3.00 s)", or of how many trials it was steady.
std::string warmup_cell(const Row& row) {
  const auto& warmups = row.warmups;
  if (!warmups.took_s) return std::string(no_number);
  const std::string least = seconds(warmups.took_s->min), most = seconds(warmups.took_s->max);
  const std::string took = least == most ? most : least + " to " + most;
  if (warmups.steady == 0) return fmt::format("at the cap ({})", took);
  if (warmups.steady == warmups.trials) return "steady after " + took;
  return fmt::format("steady in {} of {}, after {}", warmups.steady, warmups.trials, took);
}

/// "kept", or which were broken in how many trials.
std::string contracts_cell(const Row& row) {
  const auto& contracts = row.contracts;
  if (contracts.judged == 0) return std::string(no_number);
  std::vector<std::string> broken;
  for (std::size_t i = 0; i < results::contract_count; ++i) {
    if (contracts.broken[i] == 0) continue;
    broken.push_back(
        fmt::format("{} in {} of {}", results::contract_names()[i], contracts.broken[i], contracts.judged));
  }
  return broken.empty() ? "all kept" : fmt::format("broken: {}", fmt::join(broken, ", "));
}

}  // namespace

Table instrument_table(const ScenarioComparison& scenario) {
  const auto& rows = scenario.rows;
  Table table;
  table.add_column("Server", rows, [](const Row& row) { return markdown(label_cell(row)); });
  const auto add_metric = [&](const char* title, Metric metric, std::string (*format)(double)) {
    if (!any(scenario, [&](const Row& row) { return row.spreads[metric].has_value(); })) return;
    table.add_column(title, rows, [&](const Row& row) { return median_cell(row, metric, format); });
  };
  add_metric("slip p99", Metric::slip_p99_ns, duration);
  add_metric("Little's-law residual", Metric::littles_law_residual_percent, percent);
  add_metric("established", Metric::established_percent, percent);
  add_metric("starved", Metric::starved_percent, percent);
  add_metric("in flight at the end", Metric::backlog_requests, whole);
  add_metric("unread at the end", Metric::backlog_unread_bytes, bytes);
  add_metric("bystanders dropped", Metric::bystanders_dropped, whole);
  if (any(scenario, [](const Row& row) { return row.warmups.trials > 0; }))
    table.add_column("warm-up ended", rows, warmup_cell);
  if (any(scenario, [](const Row& row) { return row.contracts.judged > 0; }))
    table.add_column("delivery contracts", rows, contracts_cell);
  return table;
}

}  // namespace threadmill::plots
