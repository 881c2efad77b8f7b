#include "plots/report/continuity_table.h"

#include <algorithm>
#include <string>

#include "plots/text/text.h"
#include "plots/words/cells.h"

namespace threadmill::plots {
namespace {

using results::Metric;
using results::Row;

/// One case breaks a promise, so a median would hide it.
std::string most_cell(const Row& row, Metric metric) {
  const auto& spread = row.spreads[metric];
  return spread ? whole(spread->max) : std::string(no_number);
}

}  // namespace

Table continuity_table(const results::ScenarioComparison& scenario) {
  const auto& rows = scenario.rows;
  Table table;
  if (std::none_of(rows.begin(), rows.end(),
                   [](const Row& row) { return row.spreads[Metric::messages_lost].has_value(); }))
    return table;
  table.add_column("Server", rows, [](const Row& row) { return markdown(label_cell(row)); });
  const auto add_count = [&](const char* title, Metric metric) {
    table.add_column(title, rows, [metric](const Row& row) { return most_cell(row, metric); });
  };
  const auto add_time = [&](const char* title, Metric metric) {
    table.add_column(title, rows, [metric](const Row& row) { return median_cell(row, metric, duration); });
  };
  add_count("lost", Metric::messages_lost);
  add_count("repeated", Metric::messages_repeated);
  add_count("reordered", Metric::messages_reordered);
  add_count("refused", Metric::publications_refused);
  add_time("noticed after", Metric::fault_noticed_ns);
  add_time("nothing confirmed for", Metric::longest_unconfirmed_ns);
  add_time("a subscriber in silence for", Metric::longest_silence_ns);
  add_time("caught up after", Metric::catching_up_ns);
  return table;
}

}  // namespace threadmill::plots
