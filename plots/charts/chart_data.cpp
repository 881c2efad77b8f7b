#include "plots/charts/chart_data.h"

#include <nlohmann/json.hpp>

#include "plots/charts/against_data.h"
#include "plots/charts/ceiling_data.h"
#include "plots/charts/cell_data.h"
#include "plots/charts/chart_row.h"
#include "plots/charts/cost_model_data.h"
#include "plots/charts/cpu_parts_data.h"
#include "plots/charts/grid_data.h"
#include "plots/charts/level_data.h"
#include "plots/charts/metric_data.h"
#include "plots/charts/over_time_data.h"
#include "plots/charts/percentile_data.h"
#include "plots/charts/standing_data.h"
#include "plots/charts/sweep_chart_data.h"

namespace threadmill::plots {

nlohmann::json chart_data(const results::Comparison& comparison) {
  Colours colours;
  const auto rows = chart_rows(comparison, colours);
  nlohmann::json sets = nlohmann::json::object();
  for (const ChartRow& row : rows) {
    add_cell_data(row, sets);
    add_metric_data(row, sets);
    add_standing_data(row, sets);
    add_percentile_data(row, sets);
    add_ceiling_data(comparison, row, sets);
    add_cpu_parts_data(row, sets);
    add_over_time_data(row, sets);
  }
  add_against_data(comparison, rows, sets);
  add_cost_model_data(comparison, rows, sets);
  add_level_data(comparison, rows, sets);
  add_grid_data(comparison, colours, sets);
  add_sweep_data(comparison, colours, sets);
  return sets;
}

}  // namespace threadmill::plots
