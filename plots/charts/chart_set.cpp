#include "plots/charts/chart_set.h"

#include <utility>

namespace threadmill::plots {
namespace {

using nlohmann::json;

bool has_data(const Chart& chart, const json& datasets) {
  if (chart.sets.empty()) return false;
  const auto set = datasets.find(chart.sets.front());
  return set != datasets.end() && !set->empty();
}

}  // namespace

ChartSet chart_set(json data_sets, const std::filesystem::path& folder) {
  ChartSet set{read_theme(folder), {}, std::move(data_sets)};
  for (Chart& chart : read_specifications(folder)) {
    if (has_data(chart, set.datasets)) set.charts.push_back(std::move(chart));
  }
  return set;
}

json to_json(const ChartSet& charts) {
  json list = json::array();
  for (const Chart& chart : charts.charts) {
    list.push_back({{"name", chart.name},
                    {"title", chart.title()},
                    {"sets", chart.sets},
                    {"specification", chart.specification}});
  }
  return {{"theme", charts.theme}, {"charts", std::move(list)}, {"datasets", charts.datasets}};
}

}  // namespace threadmill::plots
