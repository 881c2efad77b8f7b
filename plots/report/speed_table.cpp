#include "plots/report/speed_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/words.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using results::Metric;
using results::Percentiles;
using results::Row;
using results::ScenarioComparison;

/// Below it the interval of the median is the whole range, which has a column of its own.
constexpr std::size_t fewest_for_interval = 9;

bool has_interval(const Row& row, Metric metric) {
  const auto& spread = row.spreads[metric];
  return spread && spread->interval && spread->count >= fewest_for_interval;
}

std::string interval_cell(const Row& row, Metric metric) {
  const auto& spread = row.spreads[metric];
  if (!has_interval(row, metric)) return std::string(no_number);
  return fmt::format("{} to {} ({:.1f} %)", number(spread->interval->low), number(spread->interval->high),
                     100 * spread->interval->confidence);
}

bool any_interval(const ScenarioComparison& scenario) {
  return std::any_of(scenario.rows.begin(), scenario.rows.end(),
                     [&](const Row& row) { return has_interval(row, scenario.main_metric); });
}

bool has_ceiling(const ScenarioComparison& scenario) {
  return std::any_of(scenario.rows.begin(), scenario.rows.end(), [](const Row& row) { return row.ceiling; });
}

/// An invalid cell must be seen by who looks at the table only.
std::string verdict_cell(const Row& row) {
  const std::string name(results::cell_state_name(results::judge_cell(row).state));
  return results::is_comparable(row) ? name : "**" + name + "**";
}

enum class Tail { p999, p99 };

void add_percentiles(Table& table, const std::vector<Row>& rows, results::Latency latency,
                     const std::string& prefix, Tail up_to = Tail::p999) {
  const auto add = [&](const char* name, std::optional<double> Percentiles::*which) {
    table.add_column(prefix + name, rows,
                     [&](const Row& row) { return percentile_cell(row, latency, which); });
  };
  add("p50", &Percentiles::p50_ns);
  add("p99", &Percentiles::p99_ns);
  if (up_to == Tail::p999) add("p99.9", &Percentiles::p999_ns);
}

}  // namespace

Table speed_table(const ScenarioComparison& scenario) {
  const auto& rows = scenario.rows;
  const Metric main = scenario.main_metric;
  Table table;
  table.add_column("Server", rows, [](const Row& row) { return markdown(label_cell(row)); });
  table.add_column(main_unit(scenario), rows, [&](const Row& row) {
    const std::string cell = median_cell(row, main, number);
    return results::is_comparable(row) ? "**" + cell + "**" : cell;
  });
  table.add_column("min to max", rows, [&](const Row& row) { return range_cell(row, main, number); });
  if (any_interval(scenario)) {
    table.add_column("interval of the median", rows,
                     [&](const Row& row) { return interval_cell(row, main); });
  }
  if (has_ceiling(scenario)) table.add_column("of ceiling", rows, of_ceiling_cell);
  if (scenario.pubsub) {
    table.add_column("publishes/s", rows,
                     [](const Row& row) { return median_cell(row, Metric::requests_per_s, number); });
    add_percentiles(table, rows, scenario.main_latency,
                    scenario.paced ? "delivery from schedule " : "delivery ");
    // Deliveries are what users wait for: of replies, less will do.
    if (scenario.paced) {
      add_percentiles(table, rows, results::Latency::response, "reply response ", Tail::p99);
      add_percentiles(table, rows, results::Latency::service, "reply service ", Tail::p99);
    } else {
      add_percentiles(table, rows, results::Latency::service, "reply ");
    }
  } else if (scenario.paced) {
    add_percentiles(table, rows, results::Latency::response, "response ");
    add_percentiles(table, rows, results::Latency::service, "service ");
  } else {
    add_percentiles(table, rows, results::Latency::service, "");
  }
  table.add_column("verdict", rows, verdict_cell);
  table.add_column("valid trials", rows, trials_cell);
  return table;
}

}  // namespace threadmill::plots
