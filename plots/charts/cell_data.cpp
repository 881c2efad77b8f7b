#include "plots/charts/cell_data.h"

#include "plots/charts/standing_data.h"
#include "plots/text/text.h"
#include "plots/words/words.h"
#include "results/comparison/cell.h"
#include "results/comparison/winner.h"
#include "results/trial/load_factors.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;

void set_spread(json& record, const std::string& name, const std::optional<results::Spread>& spread) {
  if (!spread) return;
  record[name] = six_digits(spread->median);
  record[name + "_low"] = six_digits(spread->min);
  record[name + "_high"] = six_digits(spread->max);
}

std::optional<results::Spread> in_mib(std::optional<results::Spread> bytes) {
  constexpr double bytes_per_mib = 1024.0 * 1024;
  if (!bytes) return bytes;
  for (double* value : {&bytes->median, &bytes->min, &bytes->max}) *value /= bytes_per_mib;
  return bytes;
}

/// What a record of a row and one of a trial both have.
json new_wide_record(const ChartRow& row) {
  json record = row.record(main_unit(*row.scenario));
  record["unit"] = main_unit(*row.scenario);
  const json load = results::load_with_defaults(row.scenario->load);
  for (const results::FactorTraits& traits : results::factors()) {
    if (const auto value = results::factor_of(load, traits.factor)) record[std::string(traits.name)] = *value;
  }
  return record;
}

json trial_record(const ChartRow& row, const results::Trial& trial) {
  json record = new_wide_record(row);
  record["repeat"] = trial.repeat + 1;
  record["valid"] = trial.valid();
  if (!trial.valid()) record["problem"] = plain(trial.problem, 200);
  if (const auto& main = trial.values[row.scenario->main_metric]) record["main"] = six_digits(*main);
  for (const results::MetricTraits& traits : results::metrics()) {
    if (const auto& value = trial.values[traits.metric])
      record[std::string(traits.name)] = six_digits(*value);
  }
  return record;
}

}  // namespace

json cell_record(const ChartRow& row) {
  json record = new_wide_record(row);
  record["comparable"] = results::is_comparable(*row.row);
  record["standing"] = results::standing_name(results::standing_of(*row.scenario, *row.row));
  if (const auto share = share_of_leader(row)) record["of_leader"] = six_digits(*share);
  set_spread(record, "main", row.row->spreads[row.scenario->main_metric]);
  set_spread(record, "of_ceiling", row.row->of_ceiling);
  for (const results::MetricTraits& traits : results::metrics())
    set_spread(record, std::string(traits.name), row.row->spreads[traits.metric]);
  set_spread(record, "peak_mib", in_mib(row.row->spreads[results::Metric::pss_peak_bytes]));
  return record;
}

void add_cell_data(const ChartRow& row, json& sets) {
  sets["cells"].push_back(cell_record(row));
  for (const results::Trial& trial : row.row->trials) sets["trials"].push_back(trial_record(row, trial));
}

}  // namespace threadmill::plots
