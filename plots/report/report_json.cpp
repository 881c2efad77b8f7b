#include "plots/report/report_json.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using Object = nlohmann::ordered_json;  // keys in the order of the schema
using results::Comparison;
using results::Metric;
using results::Row;
using results::Verdict;

/// An array with one element for each item.
template <typename Items, typename ToJson>
Object array_of(const Items& items, ToJson to_json) {
  Object array = Object::array();
  for (const auto& item : items) array.push_back(to_json(item));
  return array;
}

Object text_or_null(const std::string& text) { return text.empty() ? Object(nullptr) : Object(text); }

/// `low` and `high` enclose the median with the probability `confidence`; too few trials have no such
/// interval.
Object figure_json(const results::Spread& spread) {
  Object figure{{"median", spread.median}, {"low", nullptr},    {"high", nullptr},
                {"confidence", nullptr},   {"min", spread.min}, {"max", spread.max},
                {"count", spread.count}};
  if (spread.interval) {
    figure["low"] = spread.interval->low;
    figure["high"] = spread.interval->high;
    figure["confidence"] = spread.interval->confidence;
  }
  return figure;
}

Object figure_or_null(const std::optional<results::Spread>& spread) {
  return spread ? figure_json(*spread) : Object(nullptr);
}

Object counts_json(const results::Counts& counts) {
  Object object = Object::object();
  for (const auto& [kind, count] : counts) object[kind] = count;
  return object;
}

Object facts_json(const std::vector<results::Fact>& facts) {
  return array_of(facts, [](const auto& fact) { return Object{{"name", fact.name}, {"value", fact.value}}; });
}

Object run_json(const results::Run& run) {
  return {{"label", run.label},
          {"file", run.file},
          {"created", run.created},
          {"version", run.version},
          {"kind", run.kind},
          {"arguments", run.arguments},
          {"seed", run.seed},
          {"repeats", run.repeats},
          {"blocks", run.blocks},
          {"complete", run.complete},
          {"trials",
           {{"total", run.trials}, {"invalid", run.invalid_trials}, {"disturbed", run.disturbed_trials}}},
          {"instrument_problem", text_or_null(run.instrument_problem)},
          {"warnings", run.warnings},
          {"environment", facts_json(run.environment)},
          {"fairness", facts_json(run.fairness)}};
}

std::string_view better_word(results::Better better) {
  switch (better) {
    case results::Better::more:
      return "more";
    case results::Better::less:
      return "less";
    case results::Better::neither:
      break;
  }
  return "neither";
}

Object metric_json(const results::MetricTraits& traits) {
  return {{"name", traits.name}, {"better", better_word(traits.better)}, {"meaning", traits.meaning}};
}

/// By name, those that the row has.
Object figures_json(const Row& row) {
  Object figures = Object::object();
  for (const auto& traits : results::metrics()) {
    const auto& spread = row.spreads[traits.metric];
    if (spread) figures[std::string(traits.name)] = figure_json(*spread);
  }
  return figures;
}

Object percentiles_json(const results::Percentiles& percentiles) {
  return {{"p50_ns", percentiles.p50_ns},
          {"p99_ns", percentiles.p99_ns},
          {"p999_ns", percentiles.p999_ns},
          {"count", percentiles.count}};
}

/// "service", "delivery_response", ...: as the names of the metrics of its percentiles begin.
std::string latency_key(results::Latency latency) {
  const auto& traits = results::latencies()[static_cast<std::size_t>(latency)];
  const std::string_view name = results::traits_of(traits.p50).name;
  return std::string(name.substr(0, name.find("_p50")));
}

/// By name, those that the row has.
Object latencies_json(const Row& row) {
  Object latencies = Object::object();
  for (const auto& traits : results::latencies()) {
    const auto& merged = row.latency(traits.latency);
    if (merged) latencies[latency_key(traits.latency)] = percentiles_json(*merged);
  }
  return latencies;
}

Object problems_json(const Row& row) {
  Object problems = Object::array();
  for (const results::Trial& trial : row.trials) {
    if (!trial.valid()) problems.push_back({{"repeat", trial.repeat + 1}, {"problem", trial.problem}});
  }
  return problems;
}

Object row_json(const Comparison& comparison, const Row& row) {
  const auto verdict = results::judge_cell(row);
  return {{"run", comparison.runs[row.run].label},
          {"subject", row.subject},
          {"ceiling", row.ceiling},
          {"flush", text_or_null(row.flush)},
          {"verdict", {{"state", results::cell_state_name(verdict.state)}, {"reason", verdict.reason}}},
          {"comparable", results::is_comparable(row)},
          {"at_least", row.is_generator_bound()},
          {"trials", {{"total", row.trials.size()}, {"valid", row.valid}}},
          {"problems", problems_json(row)},
          {"errors", counts_json(row.errors)},
          {"integrity", counts_json(row.integrity)},
          {"of_ceiling", figure_or_null(row.of_ceiling)},
          {"metrics", figures_json(row)},
          {"latencies", latencies_json(row)}};
}

std::string_view winner_word(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::nothing_to_compare:
      return "nothing-to-compare";
    case Verdict::Kind::too_few_repeats:
      return "too-few-repeats";
    case Verdict::Kind::too_close:
      return "too-close";
    case Verdict::Kind::held_back:
      return "held-back";
    case Verdict::Kind::winner:
      break;
  }
  return "winner";
}

Object verdict_json(const Comparison& comparison, const Verdict& verdict) {
  const Object ranking = array_of(verdict.ranking, [](const auto& place) {
    return Object{{"subject", place.first}, {"share_of_leader", place.second}};
  });
  return {{"run", comparison.runs[verdict.run].label},
          {"outcome", winner_word(verdict.kind)},
          {"leader", text_or_null(verdict.leader)},
          {"runner_up", text_or_null(verdict.runner_up)},
          {"ratio", figure_or_null(verdict.ratio)},
          {"at_least", verdict.at_least},
          {"ranking", ranking},
          {"not_beaten", verdict.not_beaten},
          {"held_back", verdict.held_back},
          {"left_out", verdict.left_out}};
}

Object scenario_json(const Comparison& comparison, const results::ScenarioComparison& scenario) {
  return {{"name", scenario.name},
          {"title", scenario.title},
          {"question", text_or_null(scenario.question)},
          {"load", Object(scenario.load)},
          {"main_metric", results::traits_of(scenario.main_metric).name},
          {"main_latency", latency_key(scenario.main_latency)},
          {"rows", array_of(scenario.rows, [&](const Row& row) { return row_json(comparison, row); })},
          {"verdicts", array_of(scenario.verdicts,
                                [&](const Verdict& verdict) { return verdict_json(comparison, verdict); })}};
}

std::string_view capacity_word(results::Capacity::Kind kind) {
  switch (kind) {
    case results::Capacity::Kind::unknown:
      return "unknown";
    case results::Capacity::Kind::measured:
      return "measured";
    case results::Capacity::Kind::at_least:
      return "at-least";
    case results::Capacity::Kind::below:
      break;
  }
  return "below";
}

Object capacity_json(const results::Capacity& capacity) {
  const bool known = capacity.kind != results::Capacity::Kind::unknown;
  return {{"outcome", capacity_word(capacity.kind)},
          {"value", known ? Object(capacity.value) : Object(nullptr)},
          {"low", known ? Object(capacity.low) : Object(nullptr)},
          {"high", capacity.high ? Object(*capacity.high) : Object(nullptr)},
          {"confidence", capacity.confidence},
          {"searches", capacity.searches}};
}

Object point_json(const results::CurvePoint& point) {
  const auto number_or_null = [](const std::optional<double>& value) {
    return value ? Object(*value) : Object(nullptr);
  };
  return {{"level", point.level},
          {"probes", point.probes},
          {"met", point.met},
          {"latency", point.latency ? percentiles_json(*point.latency) : Object(nullptr)},
          {"requests_per_s", number_or_null(point.requests_per_s)},
          {"cpu_us_per_request", number_or_null(point.cpu_us_per_request)}};
}

Object sweep_row_json(const Comparison& comparison, const results::SweepRow& row) {
  return {{"run", comparison.runs[row.run].label},
          {"subject", row.subject},
          {"ceiling", row.ceiling},
          {"reason", text_or_null(row.reason)},
          {"capacity", capacity_json(row.capacity)},
          {"curve", array_of(row.curve, point_json)}};
}

Object sweep_json(const Comparison& comparison, const results::Sweep& sweep) {
  return {{"scenario", sweep.of},
          {"over", sweep.over},
          {"service_level", sweep.service_level.text()},
          {"max_errors", sweep.max_errors},
          {"latency", latency_key(sweep.latency)},
          {"rows", array_of(sweep.rows,
                            [&](const results::SweepRow& row) { return sweep_row_json(comparison, row); })}};
}

}  // namespace

std::string report_json(const Comparison& comparison) {
  Object report;
  report["schema"] = "threadmill-report";
  report["schema_version"] = kReportJsonVersion;
  report["runs"] = array_of(comparison.runs, run_json);
  report["metrics"] = array_of(results::metrics(), metric_json);
  report["scenarios"] = array_of(comparison.scenarios,
                                 [&](const auto& scenario) { return scenario_json(comparison, scenario); });
  report["sweeps"] =
      array_of(comparison.sweeps, [&](const auto& sweep) { return sweep_json(comparison, sweep); });
  // A file's name need not be UTF-8.
  return report.dump(1, ' ', false, Object::error_handler_t::replace) + "\n";
}

}  // namespace threadmill::plots
