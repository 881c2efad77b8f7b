#include "plots/charts/metric_data.h"

#include <fmt/format.h>

#include <tuple>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/metric_text.h"
#include "plots/words/words.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Metric;
using results::Percentiles;

/// A metric as a chart shows it.
struct Shown {
  Metric metric;
  std::string unit;
  double factor = 1;  ///< from the metric's unit to the chart's
};

Shown cpu_of(const results::ScenarioComparison& scenario) {
  const Metric metric = scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request;
  return {metric, metric_words(metric)};
}

Shown as_shown(const results::MetricTraits& traits) {
  if (traits.metric == Metric::pss_peak_bytes) return {traits.metric, "MiB", 1.0 / (1024 * 1024)};
  if (traits.metric == Metric::bytes_per_connection) return {traits.metric, "KiB per connection", 1.0 / 1024};
  if (traits.name.ends_with("_ns")) return {traits.metric, "µs", 1 / kNsPerUs};
  return {traits.metric, metric_words(traits.metric)};
}

void add_metric(std::string_view set, const Shown& shown, const ChartRow& chart_row, json& sets) {
  const results::Row& row = *chart_row.row;
  const auto add = [&](const char* kind, double value, std::string_view prefix, std::string_view suffix) {
    json record = chart_row.record(shown.unit);
    record["kind"] = kind;
    record["value"] = six_digits(value * shown.factor);
    record["text"] = fmt::format("{}{}{}", prefix, number(value * shown.factor), suffix);
    sets[std::string(set)].push_back(std::move(record));
  };
  const auto& spread = row.spreads[shown.metric];
  if (!spread) return;
  add("median", spread->median, bound_mark(results::hidden_of(row, shown.metric)),
      results::is_comparable(row) ? "" : " invalid");
  for (const results::Trial& trial : row.trials) {
    if (trial.valid() && trial.values[shown.metric]) add("trial", *trial.values[shown.metric], "", "");
  }
}

void add_latency(const ChartRow& chart_row, json& sets) {
  const results::Row& row = *chart_row.row;
  const results::Latency main = chart_row.scenario->main_latency;
  const auto& traits = results::latencies()[static_cast<std::size_t>(main)];
  const std::tuple<const char*, std::optional<double> Percentiles::*, Metric> points[] = {
      {"p50", &Percentiles::p50_ns, traits.p50},
      {"p99", &Percentiles::p99_ns, traits.p99},
      {"p99.9", &Percentiles::p999_ns, traits.p999}};
  const auto& merged = row.latency(main);
  if (!merged) return;
  for (const auto& [name, of_merged, of_trial] : points) {
    const auto add = [&, name = name](const char* kind, double ns, results::Hidden hidden) {
      json record = chart_row.record(std::string(traits.name));
      record["kind"] = kind;
      record["percentile"] = name;
      record["value"] = six_digits(ns / kNsPerUs);
      record["text"] = latency_text(ns, hidden);
      sets["latency"].push_back(std::move(record));
    };
    if (const auto ns = (*merged).*of_merged) add("median", *ns, results::hidden_of(row, of_trial));
    for (const results::Trial& trial : row.trials) {
      const auto& value = trial.values[of_trial];
      if (trial.valid() && value) add("trial", *value, results::Hidden::nothing);
    }
  }
}

}  // namespace

void add_metric_data(const ChartRow& row, json& sets) {
  add_metric("throughput", {row.scenario->main_metric, main_unit(*row.scenario)}, row, sets);
  add_metric("cpu", cpu_of(*row.scenario), row, sets);
  for (const auto& traits : results::metrics()) add_metric(traits.name, as_shown(traits), row, sets);
  add_latency(row, sets);
}

}  // namespace threadmill::plots
