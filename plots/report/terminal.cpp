#include "plots/report/terminal.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/words/cells.h"
#include "plots/words/sweep_words.h"
#include "plots/text/terminal_parts.h"
#include "plots/text/text.h"
#include "plots/words/words.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using results::Metric;
using results::Percentiles;
using results::Row;
using results::ScenarioComparison;

constexpr std::string_view ceiling_mark = " (ceiling)";

std::string noise_cell(const Row& row, Metric metric) {
  const auto& spread = row.spreads[metric];
  return spread && spread->count > 1 ? fmt::format("±{:.1f} %", 100 * spread->noise())
                                     : std::string(no_number);
}

std::size_t widest_name(const std::vector<Row>& rows) {
  std::size_t widest = 0;
  for (const Row& row : rows)
    widest = std::max(widest, width(plain(row.label)) + (row.ceiling ? ceiling_mark.size() : 0));
  return widest;
}

/// Adds the column where the line has room for it beside the full names.
void add_if_it_fits(Table& table, const std::vector<Row>& rows, const char* title,
                    std::string (*cell)(const Row&)) {
  Table wider = table;
  wider.add_column(title, rows, cell);
  if (width_of(wider) + widest_name(rows) <= widest_line) table = wider;
}

/// "server", "generator", "latency", ...: a line has no room for "-bound".
std::string short_verdict_cell(const Row& row) {
  const std::string_view name = results::cell_state_name(results::judge_cell(row).state);
  return std::string(name.substr(0, name.find("-bound")));
}

std::string server_cpu_cell(const Row& row) { return median_cell(row, Metric::server_cpu_percent, percent); }

std::string ceiling_ratio_cell(const Row& row) {
  if (row.ceiling) return "1";
  return row.of_ceiling ? share(row.of_ceiling->median) : std::string(no_number);
}

bool has_ceiling(const std::vector<Row>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.ceiling; });
}

/// Puts the names in front, cut to what the other columns leave of a line.
void add_names(Table& table, const std::vector<Row>& rows) {
  const std::size_t taken = width_of(table);
  const std::size_t room = std::max(widest_line - std::min(taken, widest_line), ceiling_mark.size() + 8);
  table.header.insert(table.header.begin(), "server");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string_view mark = rows[i].ceiling ? ceiling_mark : "";
    table.rows[i].insert(table.rows[i].begin(), plain(rows[i].label, room - mark.size()).append(mark));
  }
}

Table table_of(const ScenarioComparison& scenario) {
  const auto& rows = scenario.rows;
  const auto latency = scenario.main_latency;
  const Metric cpu = scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request;
  Table table;
  table.add_column(main_unit(scenario), rows,
                   [&](const Row& row) { return main_cell(row, scenario.main_metric); });
  table.add_column("noise", rows, [&](const Row& row) { return noise_cell(row, scenario.main_metric); });
  table.add_column("p50", rows, [&](const Row& row) {
    return percentile_cell(row.latency(latency), &Percentiles::p50_ns);
  });
  table.add_column("p99", rows, [&](const Row& row) {
    return percentile_cell(row.latency(latency), &Percentiles::p99_ns);
  });
  table.add_column("p99.9", rows, [&](const Row& row) {
    return percentile_cell(row.latency(latency), &Percentiles::p999_ns);
  });
  table.add_column(scenario.pubsub ? "CPU-µs/deliv" : "CPU-µs/req", rows,
                   [&](const Row& row) { return median_cell(row, cpu, number); });
  table.add_column("peak PSS", rows,
                   [](const Row& row) { return median_cell(row, Metric::pss_peak_bytes, bytes); });
  table.add_column("trials", rows,
                   [](const Row& row) { return fmt::format("{}/{}", row.valid, row.trials.size()); });
  table.add_column("verdict", rows, short_verdict_cell);
  add_if_it_fits(table, rows, "CPU", server_cpu_cell);
  if (has_ceiling(rows)) add_if_it_fits(table, rows, "of ceiling", ceiling_ratio_cell);
  add_names(table, rows);
  return table;
}

std::string terminal_name(const results::SweepRow& row) {
  const std::string_view mark = row.ceiling ? ceiling_mark : "";
  return plain(row.label, 24 - mark.size()).append(mark);
}

std::string sweep_text(const results::Sweep& sweep) {
  std::string text = plain(sweep_title(sweep), widest_line) + "\n";
  text += aligned(sweep_table(sweep, terminal_name));
  for (const results::SweepRow& row : sweep.rows) {
    const std::string reason = reason_sentence(row);
    if (!reason.empty())
      text += wrapped(fmt::format("{}: {}.", plain(row.label, 30), plain(reason, 400)), "  ");
  }
  return text + wrapped(intervals_sentence(sweep), "  ") + "\n";
}

}  // namespace

std::string terminal_text(const results::Comparison& comparison) {
  std::string text;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    text += plain(scenario.title, widest_line) + "\n";
    text += scenario.rows.empty() ? "  no trials\n" : aligned(table_of(scenario));
    for (const auto& verdict : scenario.verdicts) {
      const std::string run =
          comparison.runs.size() > 1 ? plain(comparison.runs[verdict.run].label, 30) + ": " : "";
      text += wrapped(run + verdict_sentence(scenario, verdict) + ".", "  ");
      if (!verdict.left_out.empty()) text += wrapped(run + left_out_sentence(verdict), "  ");
    }
    for (const Row& row : scenario.rows) {
      for (const auto& trial : row.trials) {
        if (trial.valid()) continue;
        text += wrapped(fmt::format("! {}, repeat {} does not count: {}", plain(row.label, 40),
                                    trial.repeat + 1, plain(trial.problem, 160)),
                        "  ");
      }
    }
    text += "\n";
  }
  for (const results::Sweep& sweep : comparison.sweeps) text += sweep_text(sweep);
  text += wrapped(integrity_sentence(comparison), "");
  const std::string disturbed = disturbed_sentence(comparison);
  if (!disturbed.empty()) text += wrapped(disturbed, "");
  const std::string instrument = instrument_sentence(comparison);
  if (!instrument.empty()) text += wrapped(instrument, "");
  if (comparison.scenarios.empty()) return text;
  return text + wrapped(
                    "verdict: what set the figure (server, generator, or latency when neither was full); an "
                    "invalid one "
                    "is to be compared with nothing. Reasons and all columns: in the report.",
                    "");
}

}  // namespace threadmill::plots
