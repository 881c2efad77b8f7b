#include "plots/report/cost_table.h"

#include "plots/text/text.h"
#include "plots/words/cells.h"

namespace threadmill::plots {
namespace {

using results::Metric;
using results::Row;
using results::ScenarioComparison;

}  // namespace

Table cost_table(const ScenarioComparison& scenario) {
  const auto& rows = scenario.rows;
  const auto median_of = [&](Metric metric, std::string (*format)(double)) {
    return [metric, format](const Row& row) { return median_cell(row, metric, format); };
  };
  Table table;
  table.add_column("Server", rows, [](const Row& row) { return markdown(label_cell(row)); });
  table.add_column(scenario.pubsub ? "CPU-µs/publish" : "CPU-µs/request", rows,
                   median_of(Metric::cpu_us_per_request, number));
  if (scenario.pubsub) {
    table.add_column("CPU-µs/delivery", rows, median_of(Metric::cpu_us_per_delivery, number));
  }
  table.add_column("server CPU", rows, median_of(Metric::server_cpu_percent, percent));
  table.add_column("peak PSS", rows, median_of(Metric::pss_peak_bytes, bytes));
  table.add_column("memory/connection", rows, [&](const Row& row) {
    const std::string cell = median_cell(row, Metric::bytes_per_connection, bytes);
    return row.memory_is_growth || cell == no_number ? cell : cell + " (whole server)";
  });
  table.add_column(scenario.pubsub ? "switches/publish" : "switches/request", rows,
                   median_of(Metric::switches_per_request, number));
  table.add_column("generator CPU", rows, median_of(Metric::generator_cpu_percent, percent));
  table.add_column("flush", rows,
                   [](const Row& row) { return row.flush.empty() ? "its own" : markdown(row.flush, 20); });
  return table;
}

}  // namespace threadmill::plots
