#include "plots/charts/chart_data.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "plots/words/colours.h"
#include "plots/charts/sweep_chart_data.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/words.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Metric;
using results::Percentiles;
using results::Row;
using results::ScenarioComparison;

/// A metric as a chart shows it.
struct Shown {
  Metric metric;
  std::string unit;
  double factor = 1;  ///< from the metric's unit to the chart's
};

/// Gathers the records of one data set.
class DataSets {
 public:
  explicit DataSets(const results::Comparison& comparison) : comparison_(comparison) {}

  json build() {
    for (std::size_t i = 0; i < comparison_.scenarios.size(); ++i) add_scenario(comparison_.scenarios[i], i);
    add_sweep_data(comparison_, colours_, sets_);
    return std::move(sets_);
  }

 private:
  void add_scenario(const ScenarioComparison& scenario, std::size_t place) {
    for (std::size_t order = 0; order < scenario.rows.size(); ++order) {
      const Row& row = scenario.rows[order];
      const results::CellState state = results::judge_cell(row).state;
      const auto record = [&](const std::string& unit) {
        return json{{"panel", fmt::format("{} ({})", plain(scenario.title, 44), unit)},
                    {"panel_order", place},
                    {"scenario", plain(scenario.name)},
                    {"subject", short_label(row.label, row.ceiling)},
                    {"order", order},
                    {"color", colours_.of(row.label, row.subject, row.ceiling)},
                    {"state", results::cell_state_name(state)},
                    {"ceiling", row.ceiling}};
      };
      add_metric("throughput", {scenario.main_metric, main_unit(scenario)}, row, record);
      add_metric("cpu", cpu_of(scenario), row, record);
      for (const auto& traits : results::metrics()) add_metric(traits.name, shown(traits), row, record);
      add_latency(scenario, row, record);
    }
  }

  static Shown cpu_of(const ScenarioComparison& scenario) {
    return scenario.pubsub ? Shown{Metric::cpu_us_per_delivery, "CPU-µs per delivery"}
                           : Shown{Metric::cpu_us_per_request, "CPU-µs per request"};
  }

  static Shown shown(const results::MetricTraits& traits) {
    if (traits.metric == Metric::pss_peak_bytes) return {traits.metric, "MiB", 1.0 / (1024 * 1024)};
    if (traits.metric == Metric::bytes_per_connection)
      return {traits.metric, "KiB per connection", 1.0 / 1024};
    if (traits.name.ends_with("_ns")) return {traits.metric, "µs", 1e-3};
    return {traits.metric, std::string(traits.name)};
  }

  template <typename Record>
  void add_metric(std::string_view set, const Shown& shown, const Row& row, const Record& new_record) {
    const auto add = [&](const char* kind, double value, const std::string& prefix,
                         const std::string& suffix) {
      json record = new_record(shown.unit);
      record["kind"] = kind;
      record["value"] = value * shown.factor;
      record["text"] = prefix + number(value * shown.factor) + suffix;
      sets_[std::string(set)].push_back(std::move(record));
    };
    const auto& spread = row.spreads[shown.metric];
    if (!spread) return;
    const bool rate = shown.metric == Metric::requests_per_s || shown.metric == Metric::deliveries_per_s;
    add("median", spread->median, rate && row.is_generator_bound() ? "≥ " : "",
        results::is_comparable(row) ? "" : " invalid");
    for (const results::Trial& trial : row.trials) {
      if (trial.valid() && trial.values[shown.metric]) add("trial", *trial.values[shown.metric], "", "");
    }
  }

  template <typename Record>
  void add_latency(const ScenarioComparison& scenario, const Row& row, const Record& new_record) {
    const auto& traits = results::latencies()[static_cast<std::size_t>(scenario.main_latency)];
    const std::tuple<const char*, double Percentiles::*, Metric> points[] = {
        {"p50", &Percentiles::p50_ns, traits.p50},
        {"p99", &Percentiles::p99_ns, traits.p99},
        {"p99.9", &Percentiles::p999_ns, traits.p999}};
    const auto& merged = row.latency(scenario.main_latency);
    if (!merged) return;
    for (const auto& [name, of_merged, of_trial] : points) {
      const auto add = [&, name = name](const char* kind, double ns) {
        json record = new_record(std::string(traits.name).c_str());
        record["kind"] = kind;
        record["percentile"] = name;
        record["value"] = ns / 1000;
        record["text"] = duration(ns);
        sets_["latency"].push_back(std::move(record));
      };
      add("median", (*merged).*of_merged);
      for (const results::Trial& trial : row.trials) {
        const auto& value = trial.values[of_trial];
        if (trial.valid() && value) add("trial", *value);
      }
    }
  }

  const results::Comparison& comparison_;
  Colours colours_;
  json sets_ = json::object();
};

}  // namespace

json chart_data(const results::Comparison& comparison) { return DataSets(comparison).build(); }

}  // namespace threadmill::plots
