#include "plots/report/terminal_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <vector>

#include "plots/text/bar.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/sweep_words.h"
#include "plots/words/words.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using results::CellState;
using results::Metric;
using results::Percentiles;
using results::Row;
using results::ScenarioComparison;

constexpr std::string_view ceiling_mark = " (ceiling)";

/// Names shorter than this, with their mark, cannot be told apart.
constexpr std::size_t shortest_name = 8 + ceiling_mark.size();
/// Longer names are cut before a column is left out for them.
constexpr std::size_t longest_name = 30;
/// A narrower bar says nothing, a wider one nothing more.
constexpr std::size_t narrowest_bar = 6;
constexpr std::size_t widest_bar = 32;
constexpr std::size_t column_gap = 2;  ///< between columns, and in front of the first

constexpr std::string_view verdict_title = "verdict";

/// The order in which columns are given room; the verdict tells which figures are none, so it comes before
/// all but the figure itself.
enum class Importance {
  main,
  verdict,
  p99,
  bar,
  cpu_time,
  p50,
  noise,
  memory,
  p999,
  trials,
  cpu,
  of_ceiling
};

struct Column {
  Importance importance;
  std::string title;
  std::function<std::string(const Row&)> cell;
};

std::string noise_cell(const Row& row, Metric metric) {
  const auto& spread = row.spreads[metric];
  return spread && spread->count > 1 ? fmt::format("±{:.1f} %", 100 * spread->noise())
                                     : std::string(no_number);
}

/// "server", "generator", "latency", ...: a line has no room for "-bound".
std::string short_verdict_cell(const Row& row) {
  const std::string_view name = results::cell_state_name(results::judge_cell(row).state);
  return std::string(name.substr(0, name.find("-bound")));
}

/// All columns but names and bars, from left to right.
std::vector<Column> columns_of(const ScenarioComparison& scenario) {
  const Metric main = scenario.main_metric;
  const Metric cpu = scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request;
  const auto percentile = [latency = scenario.main_latency](std::optional<double> Percentiles::*which) {
    return [=](const Row& row) { return percentile_cell(row, latency, which); };
  };
  const auto median_of = [](Metric metric, std::string (*format)(double)) {
    return [=](const Row& row) { return median_cell(row, metric, format); };
  };
  std::vector<Column> columns{
      {Importance::main, main_unit(scenario), median_of(main, number)},
      {Importance::noise, "noise", [=](const Row& row) { return noise_cell(row, main); }},
      {Importance::p50, "p50", percentile(&Percentiles::p50_ns)},
      {Importance::p99, "p99", percentile(&Percentiles::p99_ns)},
      {Importance::p999, "p99.9", percentile(&Percentiles::p999_ns)},
      {Importance::cpu_time, scenario.pubsub ? "CPU-µs/deliv" : "CPU-µs/req", median_of(cpu, number)},
      {Importance::memory, "peak PSS", median_of(Metric::pss_peak_bytes, bytes)},
      {Importance::trials, "trials",
       [](const Row& row) { return fmt::format("{}/{}", row.valid, row.trials.size()); }},
      {Importance::verdict, std::string(verdict_title), short_verdict_cell},
      {Importance::cpu, "CPU", median_of(Metric::server_cpu_percent, percent)}};
  const auto& rows = scenario.rows;
  if (std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.ceiling; }))
    columns.push_back({Importance::of_ceiling, "of ceiling", short_of_ceiling_cell});
  return columns;
}

std::size_t width_of_column(const Column& column, const std::vector<Row>& rows) {
  std::size_t widest = width(column.title);
  for (const Row& row : rows) widest = std::max(widest, width(column.cell(row)));
  return widest;
}

std::string cut_name(const Row& row, std::size_t most) {
  const std::string_view mark = row.ceiling ? ceiling_mark : "";
  return plain(row.label, most - mark.size()).append(mark);
}

std::size_t widest_name(const std::vector<Row>& rows, std::size_t most) {
  std::size_t widest = 0;
  for (const Row& row : rows) widest = std::max(widest, width(cut_name(row, most)));
  return widest;
}

/// What a line has room for.
struct Layout {
  Importance least = Importance::of_ceiling;  ///< columns that matter less than this one are left out
  std::size_t name = 0;                       ///< columns for the longest name
  std::size_t bar = 0;
};

/// Gives room in the order of importance, to the first column for which there is none.
Layout layout_of(const std::vector<Column>& columns, const std::vector<Row>& rows, std::size_t room) {
  std::size_t widths[static_cast<std::size_t>(Importance::of_ceiling) + 1] = {};
  for (const Column& column : columns)
    widths[static_cast<std::size_t>(column.importance)] = column_gap + width_of_column(column, rows);
  widths[static_cast<std::size_t>(Importance::bar)] = column_gap + narrowest_bar;
  const std::size_t needed = column_gap + widths[0] + widths[1];  // what no line goes without
  Layout layout;
  layout.name =
      std::min(widest_name(rows, longest_name), std::max(room - std::min(needed, room), shortest_name));
  layout.least = Importance::verdict;
  std::size_t taken = needed + layout.name;
  for (std::size_t i = 2; i < std::size(widths) && taken + widths[i] <= room; ++i) {
    taken += widths[i];
    layout.least = static_cast<Importance>(i);
  }
  if (layout.least < Importance::bar) return layout;
  // Names that had been cut come first.
  const std::size_t longer =
      std::min(widest_name(rows, layout.name + room - taken), layout.name + room - taken);
  taken += longer - layout.name;
  layout.name = longer;
  layout.bar = std::min(widest_bar, narrowest_bar + room - taken);
  return layout;
}

/// Invalid figures are to be compared with nothing, so they have no bar.
std::vector<double> bar_values(const ScenarioComparison& scenario) {
  std::vector<double> values;
  for (const Row& row : scenario.rows) {
    const auto& spread = row.spreads[scenario.main_metric];
    values.push_back(spread && results::is_comparable(row) ? spread->median : 0);
  }
  return values;
}

TextColour colour_of(CellState state) {
  switch (state) {
    case CellState::server_bound:
      return TextColour::green;
    case CellState::generator_bound:
      return TextColour::yellow;
    case CellState::latency_bound:
      return TextColour::cyan;
    case CellState::invalid:
      return TextColour::red;
    case CellState::mixed:
    case CellState::unknown:
      break;
  }
  return TextColour::none;
}

Paint paint_of(const Table& table, const std::vector<Row>& rows) {
  const auto verdict = std::find(table.header.begin(), table.header.end(), verdict_title);
  const auto verdict_column = static_cast<std::size_t>(verdict - table.header.begin());
  std::vector<CellState> states;
  for (const Row& row : rows) states.push_back(results::judge_cell(row).state);
  return [=](std::size_t row, std::size_t column) {
    const bool shown = column == verdict_column || states[row] == CellState::invalid;
    return shown ? colour_of(states[row]) : TextColour::none;
  };
}

/// Leaves out columns from the right until the table fits; two columns always stay.
void narrow(Table& table, std::size_t room) {
  while (table.header.size() > 2 && width_of(table) - column_gap > room) {
    table.header.pop_back();
    for (auto& row : table.rows) row.pop_back();
  }
}

std::string sweep_name(const results::SweepRow& row) {
  const std::string_view mark = row.ceiling ? ceiling_mark : "";
  return plain(row.label, 24 - mark.size()).append(mark);
}

}  // namespace

std::string scenario_table(const ScenarioComparison& scenario, const TerminalLook& look) {
  const auto& rows = scenario.rows;
  const auto columns = columns_of(scenario);
  const Layout layout = layout_of(columns, rows, look.columns);
  Table table;
  table.add_column("server", rows, [&](const Row& row) { return cut_name(row, layout.name); });
  for (const Column& column : columns) {
    if (column.importance <= layout.least) table.add_column(column.title, rows, column.cell);
  }
  constexpr std::size_t after_the_figure = 2;
  if (layout.bar > 0) insert_bars(table, after_the_figure, bar_values(scenario), layout.bar);
  return aligned(table, look.colours ? paint_of(table, rows) : Paint());
}

std::string capacity_table(const results::Sweep& sweep, const TerminalLook& look) {
  Table table = sweep_table(sweep, sweep_name);
  narrow(table, look.columns);
  const std::size_t taken = width_of(table) - column_gap;
  if (taken + column_gap + narrowest_bar > look.columns) return aligned(table);
  std::vector<double> values;
  for (const results::SweepRow& row : sweep.rows)
    values.push_back(row.capacity.kind == results::Capacity::Kind::below ? 0 : row.capacity.value);
  insert_bars(table, 2, values, std::min(widest_bar, look.columns - taken - column_gap));
  return aligned(table);
}

}  // namespace threadmill::plots
