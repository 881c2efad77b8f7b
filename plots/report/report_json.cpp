#include "plots/report/report_json.h"

#include <optional>
#include <string_view>

#include "plots/difference/compare_json.h"
#include "plots/study/study_json.h"
#include "plots/words/json_parts.h"
#include "results/comparison/against.h"
#include "results/comparison/cell.h"
#include "results/statistics/statistics.h"

namespace threadmill::plots {
namespace {

using Object = nlohmann::ordered_json;
using results::Comparison;
using results::Metric;
using results::Row;
using results::Verdict;

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

/// By name, those that the row has.
Object figures_json(const Row& row) {
  Object figures = Object::object();
  for (const auto& traits : results::metrics()) {
    const auto& spread = row.spreads[traits.metric];
    if (spread)
      figures[std::string(traits.name)] =
          bounded_figure_or_null(spread, results::hidden_of(row, traits.metric));
  }
  return figures;
}

Object percentiles_json(const results::Percentiles& percentiles) {
  return {{"p50_ns", number_or_null(percentiles.p50_ns)},
          {"p99_ns", number_or_null(percentiles.p99_ns)},
          {"p999_ns", number_or_null(percentiles.p999_ns)},
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
    if (!merged) continue;
    Object& percentiles = latencies[latency_key(traits.latency)] = percentiles_json(*merged);
    percentiles["bound"] = results::bound_name(results::hidden_of(row, traits.p50));
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

/// The processes that made the load, in the order of their numbers.
Object ranks_json(const Row& row) {
  const auto hidden = results::hidden_of(row, Metric::requests_per_s);
  return array_of(row.ranks, [hidden](const results::RankRow& rank) {
    return Object{{"host", rank.host},
                  {"requests_per_s", bounded_figure_or_null(results::spread(rank.requests_per_s), hidden)},
                  {"latency", rank.latency ? percentiles_json(*rank.latency) : Object(nullptr)},
                  {"busiest_thread", number_or_null(rank.busiest_thread)},
                  {"starved", number_or_null(rank.starved)},
                  {"clock_error_ns", rank.clock_error_ns}};
  });
}

Object row_json(const Comparison& comparison, const Row& row) {
  const auto verdict = results::judge_cell(row);
  Object object{{"run", comparison.runs[row.run].label},
                {"subject", row.subject},
                {"ceiling", row.ceiling},
                {"flush", text_or_null(row.flush)},
                {"verdict", {{"state", results::cell_state_name(verdict.state)}, {"reason", verdict.reason}}},
                {"comparable", results::is_comparable(row)},
                {"trials", {{"total", row.trials.size()}, {"valid", row.valid}}},
                {"problems", problems_json(row)},
                {"errors", counts_json(row.errors)},
                {"integrity", counts_json(row.integrity)},
                {"of_ceiling", bounded_figure_or_null(row.of_ceiling, row.of_ceiling_hidden)},
                {"metrics", figures_json(row)},
                {"latencies", latencies_json(row)}};
  if (!row.ranks.empty()) object["ranks"] = ranks_json(row);
  return object;
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
    return Object{{"subject", place.subject},
                  {"share_of_leader", place.share},
                  {"bound", results::bound_name(place.hidden)}};
  });
  return {{"run", comparison.runs[verdict.run].label},
          {"outcome", winner_word(verdict.kind)},
          {"leader", text_or_null(verdict.leader)},
          {"runner_up", text_or_null(verdict.runner_up)},
          {"ratio", bounded_figure_or_null(verdict.ratio, verdict.ratio_hidden)},
          {"ranking", ranking},
          {"not_beaten", verdict.not_beaten},
          {"held_back", verdict.held_back},
          {"left_out", verdict.left_out}};
}

std::string_view position_word(results::Position position) {
  switch (position) {
    case results::Position::ahead:
      return "ahead";
    case results::Position::behind:
      return "behind";
    case results::Position::cannot_be_told:
      break;
  }
  return "cannot-be-told";
}

/// One metric of a rival as a multiple of the leader's.
Object against_ratio_json(const results::AgainstRatio& against) {
  Object json{{"metric", results::traits_of(against.metric).name},
              {"ratio", nullptr},
              {"low", nullptr},
              {"high", nullptr},
              {"confidence", nullptr},
              {"repeats", 0},
              {"bound", results::bound_name(against.hidden)},
              {"position", position_word(against.position)},
              {"reason", text_or_null(against.reason)}};
  if (!against.ratio) return json;
  json["ratio"] = against.ratio->ratio;
  json["repeats"] = against.ratio->first_count;
  if (const auto& bounds = against.bounds) {
    json["low"] = bounds->low;
    json["high"] = bounds->high;
    json["confidence"] = bounds->confidence;
  }
  return json;
}

Object against_json(const Comparison& comparison, const results::Against& against) {
  const Object rivals = array_of(against.rivals, [](const results::Rival& rival) {
    return Object{{"subject", rival.row->subject}, {"ratios", array_of(rival.ratios, against_ratio_json)}};
  });
  return {{"run", comparison.runs[against.run].label},
          {"leader", against.leader->subject},
          {"ranked_by", results::traits_of(against.ranked_by).name},
          {"rivals", rivals}};
}

/// Ours of each run that has the subject.
Object our_figures(const Comparison& comparison, const results::ScenarioComparison& scenario,
                   const results::PublishedFigure& figure) {
  Object ours = Object::array();
  for (const Row& row : scenario.rows) {
    if (row.subject != figure.subject) continue;
    ours.push_back({{"run", comparison.runs[row.run].label},
                    {"figure", bounded_figure_or_null(results::ours_beside(row, figure.metric),
                                                      results::hidden_of_ours(row, figure.metric))}});
  }
  return ours;
}

Object published_json(const Comparison& comparison, const results::ScenarioComparison& scenario) {
  if (!scenario.published) return nullptr;
  const Object figures = array_of(scenario.published->figures, [&](const auto& figure) {
    return Object{{"subject", figure.subject},
                  {"metric", figure.metric},
                  {"value", figure.value},
                  {"approximate", figure.approximate},
                  {"ours", our_figures(comparison, scenario, figure)}};
  });
  return {
      {"source", scenario.published->source}, {"machine", scenario.published->machine}, {"figures", figures}};
}

Object scenario_json(const Comparison& comparison, const results::ScenarioComparison& scenario) {
  Object object{
      {"name", scenario.name},
      {"title", scenario.title},
      {"question", text_or_null(scenario.question)},
      {"load", Object(scenario.load)},
      {"main_metric", results::traits_of(scenario.main_metric).name},
      {"main_latency", latency_key(scenario.main_latency)},
      {"rows", array_of(scenario.rows, [&](const Row& row) { return row_json(comparison, row); })},
      {"verdicts", array_of(scenario.verdicts,
                            [&](const Verdict& verdict) { return verdict_json(comparison, verdict); })},
      {"against", array_of(results::against_leaders(comparison, scenario),
                           [&](const auto& against) { return against_json(comparison, against); })},

      {"published", published_json(comparison, scenario)}};
  if (const auto* network = scenario.network()) object["network"] = Object(*network);
  return object;
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
          {"high", number_or_null(capacity.high)},
          {"confidence", capacity.confidence},
          {"searches", capacity.searches}};
}

Object point_json(const results::CurvePoint& point) {
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

std::string report_json(const Comparison& comparison, const std::vector<results::ChangeTable>& changes) {
  Object report;
  report["schema"] = "threadmill-report";
  report["schema_version"] = kReportJsonVersion;
  report["runs"] = array_of(comparison.runs, run_json);
  report["metrics"] = array_of(results::metrics(), [](const results::MetricTraits& traits) {
    return metric_json(traits.name, traits.better, traits.meaning);
  });
  report["scenarios"] = array_of(comparison.scenarios,
                                 [&](const auto& scenario) { return scenario_json(comparison, scenario); });
  report["sweeps"] =
      array_of(comparison.sweeps, [&](const auto& sweep) { return sweep_json(comparison, sweep); });
  report["studies"] = studies_json(comparison);
  report["changes_between_runs"] = Object(compare_json(changes).at("comparisons"));
  return json_text(report);
}

}  // namespace threadmill::plots
