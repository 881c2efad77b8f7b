#include "plots/charts/cost_model_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "plots/text/text.h"
#include "results/costs/cost_model.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::CostModelRow;

constexpr std::string_view kParts[] = {"receive", "send", "waiting", "switches", "hand-offs"};

std::size_t part_of(std::string_view work) {
  if (work.ends_with("receive")) return 0;
  if (work.ends_with("send")) return 1;
  if (work.ends_with("_switch")) return 3;
  const bool handed = work.ends_with("_hand_off") || work == "eventfd_wake";
  return handed ? 4 : 2;
}

const ChartRow* chart_row_of(const std::vector<ChartRow>& rows, const results::Row* row) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const ChartRow& one) { return one.row == row; });
  return found == rows.end() ? nullptr : &*found;
}

void add_row(const CostModelRow& row, const ChartRow& chart, json& set) {
  const auto new_record = [&](const char* kind, double us) {
    json record = chart.record("CPU-µs per request");
    record["kind"] = kind;
    record["value"] = six_digits(us);
    record["explained"] = row.is_explained();
    return record;
  };
  std::map<std::size_t, double> parts;
  for (const auto& part : row.predicted.parts) parts[part_of(part.work)] += part.us;
  for (const auto& [part, us] : parts) {
    json record = new_record("part", us);
    record["part"] = kParts[part];
    record["part_order"] = part;
    set.push_back(std::move(record));
  }
  json record = new_record("measured", row.measured_us);
  record["text"] = fmt::format("{} of {}", number(row.predicted.us()), number(row.measured_us));
  record["right"] = six_digits(std::max(row.measured_us, row.predicted.us()));
  set.push_back(std::move(record));
}

}  // namespace

void add_cost_model_data(const results::Comparison& comparison, const std::vector<ChartRow>& rows,
                         json& sets) {
  for (const auto& scenario : results::cost_model(comparison)) {
    for (const CostModelRow& row : scenario.rows) {
      if (const ChartRow* chart = chart_row_of(rows, row.row)) add_row(row, *chart, sets["cost_model"]);
    }
  }
}

}  // namespace threadmill::plots
