#include "plots/paper/paper_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plots/paper/latex.h"
#include "plots/paper/paper_studies.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/sweep_words.h"
#include "plots/words/words.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using results::Comparison;
using results::Metric;
using results::Percentiles;
using results::Row;
using results::ScenarioComparison;

/// A label that no other table of the file has.
class TableLabels {
 public:
  std::string next(const std::string& name) {
    const std::string wanted = "tab:threadmill-" + latex_label(name);
    std::string label = wanted;
    for (int i = 2; !taken_.insert(label).second; ++i) label = fmt::format("{}-{}", wanted, i);
    return label;
  }

 private:
  std::set<std::string> taken_;
};

/// Where the numbers come from, as comments.
std::string origins(const Comparison& comparison) {
  std::string text(latex_packages);
  for (const results::Run& run : comparison.runs) {
    text += fmt::format("% {}: measured {} by threadmill {}\n", plain(run.file, 200), plain(run.created),
                        plain(run.version, 100));
  }
  return text;
}

/// In plain text: latex_table() escapes it.
Table speed_and_cost(const ScenarioComparison& scenario) {
  const auto& rows = scenario.rows;
  const Metric main = scenario.main_metric;
  const Metric cpu = scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request;
  const auto add_percentile = [&](Table& table, const char* title,
                                  std::optional<double> Percentiles::*which) {
    table.add_column(title, rows,
                     [&](const Row& row) { return percentile_cell(row, scenario.main_latency, which); });
  };
  Table table;
  table.add_column("Server", rows, label_cell);
  table.add_column(main_unit(scenario), rows, [&](const Row& row) { return median_cell(row, main, number); });
  table.add_column("min to max", rows, [&](const Row& row) { return range_cell(row, main, number); });
  add_percentile(table, "p50", &Percentiles::p50_ns);
  add_percentile(table, "p99", &Percentiles::p99_ns);
  table.add_column(scenario.pubsub ? "CPU-µs/delivery" : "CPU-µs/request", rows,
                   [&](const Row& row) { return median_cell(row, cpu, number); });
  table.add_column("peak PSS", rows,
                   [](const Row& row) { return median_cell(row, Metric::pss_peak_bytes, bytes); });
  table.add_column("verdict", rows, [](const Row& row) {
    return std::string(results::cell_state_name(results::judge_cell(row).state));
  });
  return table;
}

bool any_row(const ScenarioComparison& scenario, bool (*has)(const Row&)) {
  return std::any_of(scenario.rows.begin(), scenario.rows.end(), has);
}

/// The title, and what a reader of the table alone has to know.
std::string caption_of(const ScenarioComparison& scenario) {
  const auto& latency = results::latencies()[static_cast<std::size_t>(scenario.main_latency)];
  std::string text = fmt::format(
      "{}. Medians over the valid repeats; percentiles are of {}, all repeats merged; PSS: proportional set "
      "size.",
      latex(scenario.title, 200), latex(latency.name));
  if (any_row(scenario, [](const Row& row) { return row.is_generator_bound(); }))
    text += fmt::format(
        " $\\geq$: the load generator was the limit, the server can do at least that; a latency with $\\leq$ "
        "is "
        "the generator's in part{}.",
        scenario.open ? ", and of one with ? nobody can say" : "");
  if (any_row(scenario, [](const Row& row) { return !results::is_comparable(row); }))
    text += " Invalid: to be compared with nothing.";
  if (any_row(scenario, [](const Row& row) { return row.ceiling; }))
    text += " The ceiling is a bare loop to measure by, no server to choose.";
  return text;
}

std::string paper_name(const results::SweepRow& row) {
  return plain(row.label, 48) + (row.ceiling ? " (ceiling)" : "");
}

}  // namespace

std::string paper_tables(const Comparison& comparison) {
  std::string text = origins(comparison);
  TableLabels labels;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    if (scenario.rows.empty()) continue;
    text += "\n" + latex_table(speed_and_cost(scenario), caption_of(scenario), labels.next(scenario.name));
  }
  for (const results::Sweep& sweep : comparison.sweeps) {
    text += "\n" + latex_table(sweep_table(sweep, paper_name),
                               latex(sweep_title(sweep) + ". " + intervals_sentence(sweep), 600),
                               labels.next(sweep.of + "-capacity"));
  }
  return text + paper_studies(comparison);
}

}  // namespace threadmill::plots
