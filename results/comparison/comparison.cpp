#include "results/comparison/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "results/comparison/cell.h"
#include "results/comparison/winner.h"
#include "results/file/json_access.h"
#include "results/trial/load_kind.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

std::vector<std::string> texts_at(const json& from, const char* pointer) {
  std::vector<std::string> texts;
  const json* array = find_at(from, pointer);
  if (array == nullptr || !array->is_array()) return texts;
  for (const json& item : *array) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

/// Never through a double: that holds no more than 53 bits.
std::uint64_t unsigned_at(const json& from, const char* pointer) {
  const json* value = find_at(from, pointer);
  const bool usable = value != nullptr && value->is_number_integer() &&
                      (value->is_number_unsigned() || value->get<std::int64_t>() >= 0);
  return usable ? value->get<std::uint64_t>() : 0;
}

std::string unique_label(const std::string& wanted, const std::vector<Run>& runs) {
  std::string label = wanted;
  const auto taken = [&] {
    return std::any_of(runs.begin(), runs.end(), [&](const Run& r) { return r.label == label; });
  };
  for (int i = 2; taken(); ++i) label = fmt::format("{}#{}", wanted, i);
  return label;
}

std::string version_of(const json& header) {
  const json* dirty = find_at(header, "/tool/git_dirty");
  const bool modified = dirty != nullptr && dirty->is_boolean() && dirty->get<bool>();
  return fmt::format("{} (commit {}{})", text_at(header, "/tool/version"),
                     text_at(header, "/tool/git_commit"), modified ? ", with uncommitted changes" : "");
}

/// Repeats 2k and 2k+1 are block k.
std::size_t blocks_in(const std::vector<json>& trials) {
  std::set<std::int64_t> blocks;
  for (const json& trial : trials)
    blocks.insert(static_cast<std::int64_t>(number_at(trial, "/repeat").value_or(0)) / 2);
  return blocks.size();
}

Run describe_run(const ResultFile& file, const std::vector<Run>& earlier) {
  Run run;
  run.label = unique_label(file.path.stem().string(), earlier);
  run.file = file.path.filename().string();
  run.created = text_at(file.header, "/created");
  run.version = version_of(file.header);
  run.arguments = texts_at(file.header, "/run/arguments");
  run.seed = unsigned_at(file.header, "/run/seed");
  run.repeats = static_cast<std::int64_t>(number_at(file.header, "/run/repeats").value_or(0));
  run.kind = text_at(file.header, "/run/kind");
  if (run.kind.empty()) run.kind = "run";
  run.study = study_of(file.header);
  if (run.kind == "ab" || run.kind == "gate") run.blocks = blocks_in(file.trials);
  run.instrument_problem = instrument_problem(file.header);
  run.environment = environment_facts(file.header);
  run.fairness = fairness_facts(file.header, file.trials);
  run.quietness = quietness_of(file.trials);
  run.complete = file.end_outcome == "complete";
  run.warnings = file.warnings;
  if (shares_cpus(file.header)) {
    run.warnings.push_back(
        fmt::format("{}: server and load generator shared their CPUs; figures are of the two together, and "
                    "nobody can say "
                    "which of them was the limit: run on a machine with two CPUs or more",
                    run.file));
  }
  const std::string build = text_at(file.header, "/environment/build_type");
  if (build == "Debug" || build.empty()) {
    run.warnings.push_back(
        fmt::format("{}: measured with {} build; its figures say little about speed, use a Release build",
                    run.file, build.empty() ? "an unnamed" : "a Debug"));
  }
  return run;
}

std::optional<Published> published_of(const json& scenario) {
  const json* published = find_at(scenario, "/published");
  if (published == nullptr || !published->is_object()) return std::nullopt;
  Published result{text_at(*published, "/source"), text_at(*published, "/machine"), {}};
  const json* figures = find_at(*published, "/figures");
  if (figures == nullptr || !figures->is_array()) return result;
  for (const json& figure : *figures) {
    const auto value = number_at(figure, "/value");
    const json* approximate = find_at(figure, "/approximate");
    if (!value) continue;
    result.figures.push_back(
        {text_at(figure, "/subject"), text_at(figure, "/metric"), *value,
         approximate != nullptr && approximate->is_boolean() && approximate->get<bool>()});
  }
  return result;
}

/// A rate that is set tells nothing of how the machine did.
Metric steady_metric(const ScenarioComparison& scenario) {
  if (!scenario.open) return scenario.main_metric;
  return scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request;
}

ScenarioComparison describe_scenario(const json& record) {
  ScenarioComparison scenario;
  scenario.name = text_at(record, "/name");
  scenario.title = text_at(record, "/title");
  if (scenario.title.empty()) scenario.title = scenario.name;
  scenario.question = text_at(record, "/question");
  if (const json* load = find_at(record, "/load")) scenario.load = *load;
  const auto kind = kind_of_load(scenario.load);
  scenario.pubsub = kind.pubsub;
  scenario.open = kind.open;
  scenario.paced = kind.paced;
  scenario.main_metric = kind.main_metric;
  scenario.main_latency = kind.main_latency;
  scenario.steady_metric = steady_metric(scenario);
  scenario.published = published_of(record);
  return scenario;
}

/// The entry of the very same experiment, or a new one: two loads that differ are never put side by side.
ScenarioComparison& find_or_add(std::vector<ScenarioComparison>& scenarios, const json& record) {
  ScenarioComparison wanted = describe_scenario(record);
  for (ScenarioComparison& known : scenarios) {
    if (known.name == wanted.name && known.load == wanted.load) return known;
  }
  scenarios.push_back(std::move(wanted));
  return scenarios.back();
}

Row& row_of(std::vector<Row>& rows, std::size_t run, const std::string& subject) {
  for (Row& row : rows) {
    if (row.run == run && row.subject == subject) return row;
  }
  Row& row = rows.emplace_back();
  row.run = run;
  row.subject = subject;
  row.label = subject;
  row.ceiling = subject == ceiling_subject;
  return row;
}

/// Sums up the valid trials of a row.
class RowSummary {
 public:
  RowSummary(Row& row, Metric main_metric) : row_(row), main_metric_(main_metric) {}

  /// `record` must outlive finish().
  void add(const json& record, Trial trial) {
    for (const auto& [kind, count] : trial.errors) row_.errors[kind] += count;
    for (const auto& [kind, count] : trial.integrity) row_.integrity[kind] += count;
    if (trial.contracts) row_.contracts.add(*trial.contracts);
    if (trial.valid()) {
      ++row_.valid;
      if (trial.values[main_metric_]) by_main_metric_.emplace_back(*trial.values[main_metric_], &record);
      row_.limits.add(trial.limit);
      if (trial.warmup) warmups_.push_back(*trial.warmup);
      for (const auto& traits : latencies()) {
        merged_[static_cast<std::size_t>(traits.latency)].add(find_at(record, traits.pointer));
      }
    }
    if (row_.flush.empty()) row_.flush = server_term(record, "flush");
    row_.trials.push_back(std::move(trial));
  }

  void finish() {
    row_.memory_is_growth = std::all_of(row_.trials.begin(), row_.trials.end(),
                                        [](const Trial& t) { return !t.valid() || t.memory_is_growth; });
    for (const MetricTraits& traits : metrics())
      row_.spreads[traits.metric] = spread(values_of(traits.metric));
    row_.warmups = sum_up(warmups_);
    for (std::size_t i = 0; i < latency_count; ++i) {
      row_.latencies[i] = merged_[i].percentiles();
      row_.curves[i] = merged_[i].curve();
    }
    if (const json* middle = middle_record()) row_.timeline = timeline_of(*middle);
    std::stable_sort(row_.trials.begin(), row_.trials.end(),
                     [](const Trial& a, const Trial& b) { return a.repeat < b.repeat; });
  }

 private:
  std::vector<double> values_of(Metric metric) const {
    std::vector<double> values;
    for (const Trial& trial : row_.trials) {
      if (trial.valid() && trial.values[metric]) values.push_back(*trial.values[metric]);
    }
    return values;
  }

  /// The fastest and the slowest trial are the least like the others.
  const json* middle_record() {
    if (by_main_metric_.empty()) return nullptr;
    const auto middle =
        by_main_metric_.begin() + static_cast<std::ptrdiff_t>((by_main_metric_.size() - 1) / 2);
    std::nth_element(by_main_metric_.begin(), middle, by_main_metric_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return middle->second;
  }

  Row& row_;
  Metric main_metric_;
  std::array<MergedLatency, latency_count> merged_;
  std::vector<std::pair<double, const json*>> by_main_metric_;
  std::vector<WarmupEnd> warmups_;
};

void add_trials(const ResultFile& file, std::size_t run, ScenarioComparison& scenario, const json& record) {
  std::vector<std::string> subjects = texts_at(record, "/subjects");
  for (const json& trial : file.trials) {
    const std::string subject = text_at(trial, "/subject");
    if (text_at(trial, "/scenario") == scenario.name &&
        std::find(subjects.begin(), subjects.end(), subject) == subjects.end()) {
      subjects.push_back(subject);
    }
  }
  const bool shared = shares_cpus(file.header);
  const std::size_t cpus = shared ? 0 : server_cpu_count(file.header);
  for (const std::string& subject : subjects) {
    Row* row = nullptr;
    std::optional<RowSummary> summary;
    for (const json& trial : file.trials) {
      if (text_at(trial, "/scenario") != scenario.name || text_at(trial, "/subject") != subject) continue;
      if (row == nullptr)
        summary.emplace(*(row = &row_of(scenario.rows, run, subject)), scenario.main_metric);
      summary->add(trial, derive_trial(trial, cpus));
    }
    if (row != nullptr) row->shared_cpus = shared;
    if (summary) summary->finish();
  }
}

void relate_to_ceiling(ScenarioComparison& scenario) {
  for (Row& row : scenario.rows) {
    const auto ceiling = std::find_if(scenario.rows.begin(), scenario.rows.end(), [&](const Row& other) {
      return other.ceiling && other.run == row.run && is_comparable(other);
    });
    if (ceiling == scenario.rows.end() || row.ceiling || !is_comparable(row)) continue;
    row.of_ceiling = spread(paired_ratios(row, *ceiling, scenario.main_metric));
  }
}

void measure_windows(ScenarioComparison& scenario) {
  std::vector<double> windows;
  for (const Row& row : scenario.rows) {
    for (const Trial& trial : row.trials) {
      if (trial.valid() && trial.window_s) windows.push_back(*trial.window_s);
    }
  }
  scenario.window_s = spread(windows);
}

/// What kept a probe from telling anything makes it invalid; errors may be just what was looked for.
void count_probes(Comparison& comparison, Sweep& sweep) {
  for (SweepRow& row : sweep.rows) {
    Run& run = comparison.runs[row.run];
    run.trials += row.probes.size();
    run.invalid_trials += static_cast<std::size_t>(std::count_if(
        row.probes.begin(), row.probes.end(), [](const Probe& probe) { return !probe.verdict.outcome; }));
    run.disturbed_trials += static_cast<std::size_t>(std::count_if(
        row.probes.begin(), row.probes.end(), [](const Probe& probe) { return probe.trial.is_disturbed(); }));
    if (comparison.runs.size() > 1) row.label = fmt::format("{} @ {}", row.subject, run.label);
  }
}

std::size_t count_disturbed(const std::vector<Trial>& trials) {
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [](const Trial& t) { return t.is_disturbed(); }));
}

void judge_runs(Comparison& comparison, ScenarioComparison& scenario) {
  for (std::size_t run = 0; run < comparison.runs.size(); ++run) {
    const bool present = std::any_of(scenario.rows.begin(), scenario.rows.end(),
                                     [&](const Row& row) { return row.run == run; });
    // At a rate that is set, requests/s only say whether it was kept.
    if (present && !scenario.open)
      scenario.verdicts.push_back(judge(scenario.rows, run, scenario.main_metric));
  }
}

}  // namespace

void LimitCounts::add(const std::optional<load::LimitJudgement>& limit) {
  ++valid;
  if (!limit) return;
  switch (limit->limited_by) {
    case load::LimitedBy::server:
      ++server;
      return;
    case load::LimitedBy::generator:
      ++generator;
      return;
    case load::LimitedBy::schedule:
      ++schedule;
      return;
    case load::LimitedBy::none:
      ++none;
  }
}

RowLimit limit_of(const LimitCounts& counts) {
  const std::pair<std::size_t, RowLimit> candidates[] = {{counts.generator, RowLimit::generator},
                                                         {counts.server, RowLimit::server},
                                                         {counts.schedule, RowLimit::schedule},
                                                         {counts.none, RowLimit::none}};
  bool any = false;
  for (const auto& [trials, limit] : candidates) {
    if (2 * trials > counts.valid) return limit;
    any |= trials > 0;
  }
  return any ? RowLimit::mixed : RowLimit::unknown;
}

std::vector<Metric> telling_metrics(const ScenarioComparison& scenario) {
  std::vector<Metric> chosen{scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request};
  if (!scenario.open) chosen.push_back(scenario.main_metric);  // else it is as the schedule set it
  for (const LatencyTraits& traits : latencies()) {
    if (traits.latency == scenario.main_latency) chosen.insert(chosen.end(), {traits.p50, traits.p99});
  }
  return chosen;
}

std::vector<double> paired_ratios(const Row& first, const Row& second, Metric metric) {
  std::vector<double> ratios;
  for (const Trial& a : first.trials) {
    for (const Trial& b : second.trials) {
      if (a.repeat != b.repeat || !a.valid() || !b.valid()) continue;
      if (a.values[metric] && b.values[metric] && *b.values[metric] > 0) {
        ratios.push_back(*a.values[metric] / *b.values[metric]);
      }
    }
  }
  return ratios;
}

std::optional<Spread> ours_beside(const Row& row, std::string_view published_metric) {
  constexpr double mib = 1024.0 * 1024;
  const auto& rate = row.spreads[Metric::requests_per_s];
  if (published_metric == "requests_per_s" || published_metric == "messages_per_s") return rate;
  if (published_metric == "cpu_percent") return row.spreads[Metric::server_cpu_percent];
  if (published_metric == "cpu_percent_max") return row.spreads[Metric::server_cpu_percent_max];
  if (published_metric == "seconds_per_1000_messages" && rate && rate->min > 0)
    return Spread{rate->count, 1000 / rate->median, 1000 / rate->max, 1000 / rate->min, std::nullopt};
  const auto& memory = row.spreads[Metric::pss_peak_bytes];
  if (published_metric != "memory_mib_max" || !memory) return std::nullopt;
  return Spread{memory->count, memory->median / mib, memory->min / mib, memory->max / mib, std::nullopt};
}

const Row* find_row(const ScenarioComparison& scenario, std::size_t run, std::string_view subject) {
  const auto found = std::find_if(scenario.rows.begin(), scenario.rows.end(),
                                  [&](const Row& row) { return row.run == run && row.subject == subject; });
  return found == scenario.rows.end() ? nullptr : &*found;
}

Comparison compare(const std::vector<ResultFile>& files) {
  Comparison comparison;
  for (std::size_t run = 0; run < files.size(); ++run) {
    comparison.runs.push_back(describe_run(files[run], comparison.runs));
    for (const json& record : files[run].scenarios) {
      if (is_sweep_level(record)) continue;
      add_trials(files[run], run, find_or_add(comparison.scenarios, record), record);
    }
    add_sweeps(files[run], run, comparison.sweeps, comparison.runs[run].warnings);
  }
  for (Sweep& sweep : comparison.sweeps) count_probes(comparison, sweep);
  for (ScenarioComparison& scenario : comparison.scenarios) {
    for (Row& row : scenario.rows) {
      Run& run = comparison.runs[row.run];
      run.trials += row.trials.size();
      run.invalid_trials += row.trials.size() - row.valid;
      run.disturbed_trials += count_disturbed(row.trials);
      row.stability = stability_of(row.trials, scenario.steady_metric);
      if (files.size() > 1) row.label = fmt::format("{} @ {}", row.subject, run.label);
    }
    relate_to_ceiling(scenario);
    measure_windows(scenario);
    judge_runs(comparison, scenario);
  }
  return comparison;
}

}  // namespace threadmill::results
