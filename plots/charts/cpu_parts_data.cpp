#include "plots/charts/cpu_parts_data.h"

#include <algorithm>
#include <string_view>

#include "plots/text/text.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Metric;

/// Whether it can be told for any row of the scenario: else a chart of it says nothing.
bool can_split_some(const results::ScenarioComparison& scenario) {
  return std::any_of(scenario.rows.begin(), scenario.rows.end(), [](const results::Row& row) {
    return row.spreads[Metric::user_cpu_us_per_request] && row.spreads[Metric::system_cpu_us_per_request];
  });
}

json cpu_record(const ChartRow& row, const char* kind, double value) {
  json record = row.record(row.scenario->pubsub ? "CPU-µs per publication" : "CPU-µs per request");
  record["kind"] = kind;
  record["value"] = six_digits(value);
  return record;
}

}  // namespace

void add_cpu_parts_data(const ChartRow& row, json& sets) {
  const auto& spreads = row.row->spreads;
  const auto& whole = spreads[Metric::cpu_us_per_request];
  if (!whole || !can_split_some(*row.scenario)) return;
  const auto add_part = [&](std::string_view part, int order, double value) {
    json record = cpu_record(row, "part", value);
    record["part"] = part;
    record["part_order"] = order;
    sets["cpu_parts"].push_back(std::move(record));
  };
  const auto& user = spreads[Metric::user_cpu_us_per_request];
  const auto& system = spreads[Metric::system_cpu_us_per_request];
  double sum = whole->median;
  if (user && system) {
    sum = user->median + system->median;  // medians of parts need not add up to the median of the whole
    add_part("user", 0, user->median);
    add_part("system", 1, system->median);
  } else {
    add_part("not split", 0, whole->median);
  }
  json record = cpu_record(row, "median", sum);
  record["text"] = number(whole->median) + (results::is_comparable(*row.row) ? "" : " invalid");
  sets["cpu_parts"].push_back(std::move(record));
}

}  // namespace threadmill::plots
