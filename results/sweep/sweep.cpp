#include "results/sweep/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "results/file/facts.h"
#include "results/file/json_access.h"
#include "results/trial/load_kind.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

constexpr double kSamePoint = 1.1;
constexpr double kHighestLevel = 1e12;

/// A level's scenario record: which sweep it belongs to, and which level it is.
struct LevelRecord {
  Sweep sweep;
  Level level = 0;
  std::string scenario;
};

/// The load without the level: what all levels of a sweep have in common.
json common_load(json load, const std::string& over, bool pubsub) {
  if (over == "rate_per_s") {
    load["arrivals"].erase("rate_per_s");
  } else {
    load.erase(pubsub ? "subscribers" : "connections");
  }
  return load;
}

/// Throws std::invalid_argument saying what is wrong.
LevelRecord read_level(const json& record) {
  LevelRecord level;
  Sweep& sweep = level.sweep;
  const json& terms = record.at("sweep");
  const auto whole = [&](const char* pointer) {
    return static_cast<Level>(std::clamp(number_at(terms, pointer).value_or(0), 0.0, kHighestLevel));
  };
  level.scenario = text_at(record, "/name");
  level.level = whole("/level");
  sweep.of = text_at(terms, "/of");
  sweep.over = text_at(terms, "/over");
  sweep.service_level = ServiceLevel::parse(text_at(terms, "/slo"));
  sweep.max_errors = static_cast<std::uint64_t>(whole("/max_errors"));
  sweep.range = {whole("/from"), whole("/to"), number_at(terms, "/precision").value_or(0)};
  if (sweep.over != "rate_per_s" && sweep.over != "connections")
    throw std::invalid_argument("\"over\" is neither rate_per_s nor connections");
  if (level.level < 1 || sweep.range.from < 1) throw std::invalid_argument("a level is below 1");
  const json* load = find_at(record, "/load");
  if (load == nullptr || !load->is_object()) throw std::invalid_argument("it has no load");
  if (sweep.over == "rate_per_s" && find_at(*load, "/arrivals/rate_per_s") == nullptr)
    throw std::invalid_argument("its load has no rate");
  const auto kind = kind_of_load(*load);
  sweep.pubsub = kind.pubsub;
  sweep.latency = kind.main_latency;
  sweep.load = common_load(*load, sweep.over, kind.pubsub);
  return level;
}

bool is_same(const Sweep& a, const Sweep& b) {
  return a.of == b.of && a.over == b.over && a.service_level == b.service_level &&
         a.max_errors == b.max_errors && a.load == b.load;
}

Sweep& find_or_add(std::vector<Sweep>& sweeps, const Sweep& wanted) {
  for (Sweep& known : sweeps) {
    if (is_same(known, wanted)) return known;
  }
  return sweeps.emplace_back(wanted);
}

SweepRow& row_of(Sweep& sweep, std::size_t run, const std::string& subject) {
  for (SweepRow& row : sweep.rows) {
    if (row.run == run && row.subject == subject) return row;
  }
  SweepRow& row = sweep.rows.emplace_back();
  row.run = run;
  row.subject = row.label = subject;
  row.ceiling = subject == ceiling_subject;
  return row;
}

ProbeTerms terms_of(const Sweep& sweep) {
  return {sweep.service_level, sweep.latency, kind_of_load(sweep.load).open, sweep.max_errors};
}

std::optional<double> median_of(const std::vector<const Probe*>& probes, Metric metric) {
  std::vector<double> values;
  for (const Probe* probe : probes) {
    if (const auto& value = probe->trial.values[metric]) values.push_back(*value);
  }
  return values.empty() ? std::nullopt : std::optional(median(values));
}

/// Collects the probes of a row with their records, which hold the histograms.
class RowBuilder {
 public:
  RowBuilder(const Sweep& sweep, const SearchRange& range, SweepRow& row)
      : sweep_(sweep), range_(range), row_(row) {}

  void add(const json& record, Probe probe) {
    MergedLatency latency;
    merge(record, latency);
    probe.limited_ns = limited(latency);
    row_.probes.push_back(std::move(probe));
    records_.push_back(&record);
  }

  void finish() {
    draw_curve();
    row_.capacity = combine(searches());
    row_.at_capacity = at_capacity();
    row_.reason = reason();
  }

 private:
  /// The answers of the searches: of those that went to their end where there are any.
  std::vector<Bracket> searches() {
    std::map<std::int64_t, LevelOutcomes> by_repeat;
    for (const Probe& probe : row_.probes) {
      if (!probe.verdict.outcome) continue;
      auto& outcomes = by_repeat[probe.trial.repeat];
      const auto [known, is_new] = outcomes.try_emplace(probe.level, *probe.verdict.outcome);
      if (!is_new && *probe.verdict.outcome == ProbeOutcome::meets) ++row_.unconfirmed;
      known->second = *probe.verdict.outcome;
    }
    std::vector<Bracket> all, finished;
    for (const auto& [repeat, outcomes] : by_repeat) {
      all.push_back(bracket_of(outcomes));
      if (is_finished(all.back(), range_)) finished.push_back(all.back());
    }
    return finished.empty() ? all : finished;
  }

  /// One that cannot be read adds nothing: the probe's verdict tells.
  void merge(const json& record, MergedLatency& latency) const {
    try {
      latency.add(find_at(record, latencies()[static_cast<std::size_t>(sweep_.latency)].pointer));
    } catch (const std::exception&) {
      return;
    }
  }

  std::vector<double> limited(const MergedLatency& latency) const {
    std::vector<double> values;
    for (const auto& limit : sweep_.service_level.limits) {
      if (const auto value = latency.at_percentile(limit.percentile)) values.push_back(*value);
    }
    return values;
  }

  void draw_curve() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < row_.probes.size(); ++i) {
      if (row_.probes[i].verdict.outcome) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return row_.probes[a].level < row_.probes[b].level;
    });
    for (std::size_t first = 0; first < order.size();) {
      const auto most = kSamePoint * static_cast<double>(row_.probes[order[first]].level);
      std::size_t end = first + 1;
      while (end < order.size() && static_cast<double>(row_.probes[order[end]].level) <= most) ++end;
      row_.curve.push_back(point_of({order.begin() + static_cast<std::ptrdiff_t>(first),
                                     order.begin() + static_cast<std::ptrdiff_t>(end)}));
      first = end;
    }
  }

  CurvePoint point_of(const std::vector<std::size_t>& members) const {
    CurvePoint point;
    MergedLatency latency;
    std::vector<double> levels;
    std::vector<const Probe*> probes;
    for (const std::size_t i : members) {
      probes.push_back(&row_.probes[i]);
      levels.push_back(static_cast<double>(probes.back()->level));
      if (probes.back()->verdict.outcome == ProbeOutcome::meets) ++point.met;
      merge(*records_[i], latency);
    }
    point.level = median(levels);
    point.probes = members.size();
    point.latency = latency.percentiles();
    point.limited_ns = limited(latency);
    point.requests_per_s = median_of(probes, Metric::requests_per_s);
    point.cpu_us_per_request = median_of(probes, Metric::cpu_us_per_request);
    return point;
  }

  /// Of the probes that met, those that came nearest to the capacity from below.
  std::optional<CurvePoint> at_capacity() const {
    std::vector<std::size_t> met;
    double highest = 0;
    for (std::size_t i = 0; i < row_.probes.size(); ++i) {
      const auto level = static_cast<double>(row_.probes[i].level);
      if (row_.probes[i].verdict.outcome != ProbeOutcome::meets || level > row_.capacity.value) continue;
      met.push_back(i);
      highest = std::max(highest, level);
    }
    std::erase_if(
        met, [&](std::size_t i) { return kSamePoint * static_cast<double>(row_.probes[i].level) < highest; });
    return met.empty() ? std::nullopt : std::optional(point_of(met));
  }

  /// The probe with this outcome whose level is nearest to the capacity, from `lowest` on.
  const Probe* nearest(ProbeOutcome outcome, double lowest) const {
    const Probe* found = nullptr;
    for (const Probe& probe : row_.probes) {
      if (probe.verdict.outcome != outcome || static_cast<double>(probe.level) < lowest) continue;
      if (found == nullptr || probe.level < found->level) found = &probe;
    }
    return found;
  }

  std::string reason() const {
    for (const Probe& probe : row_.probes) {
      if (!probe.verdict.outcome) return fmt::format("at {}: {}", probe.level, probe.verdict.reason);
    }
    const bool measured = row_.capacity.kind == Capacity::Kind::measured;
    const Probe* found = nullptr;
    if (!measured) found = nearest(ProbeOutcome::cannot_say, row_.capacity.value);
    if (found == nullptr) found = nearest(ProbeOutcome::violates, row_.capacity.value);
    if (found != nullptr) return fmt::format("at {}: {}", found->level, found->verdict.reason);
    return row_.capacity.kind == Capacity::Kind::at_least ? "every level that was probed met" : "";
  }

  const Sweep& sweep_;
  SearchRange range_;
  SweepRow& row_;
  std::vector<const json*> records_;
};

/// The trials of one run's levels, in the order in which they were run, dealt to the rows of their sweep.
void add_rows(const ResultFile& file, std::size_t run, Sweep& sweep, const SearchRange& range,
              const std::map<std::string, Level>& levels) {
  const std::size_t cpus = shares_cpus(file.header) ? 0 : server_cpu_count(file.header);
  std::vector<std::string> subjects;
  for (const json& record : file.trials) {
    const auto level = levels.find(text_at(record, "/scenario"));
    const std::string subject = text_at(record, "/subject");
    if (level == levels.end()) continue;
    if (std::find(subjects.begin(), subjects.end(), subject) == subjects.end()) subjects.push_back(subject);
  }
  const auto terms = terms_of(sweep);
  for (const std::string& subject : subjects) {
    RowBuilder builder(sweep, range, row_of(sweep, run, subject));
    for (const json& record : file.trials) {
      const auto level = levels.find(text_at(record, "/scenario"));
      if (level == levels.end() || text_at(record, "/subject") != subject) continue;
      auto trial = derive_trial(record, cpus);
      auto verdict = judge_probe(record, trial, terms);
      builder.add(record, {level->second, level->first, std::move(trial), std::move(verdict)});
    }
    builder.finish();
  }
}

}  // namespace

bool is_sweep_level(const json& scenario_record) { return find_at(scenario_record, "/sweep") != nullptr; }

void add_sweeps(const ResultFile& file, std::size_t run, std::vector<Sweep>& sweeps,
                std::vector<std::string>& warnings) {
  struct Found {
    Sweep sweep;
    std::map<std::string, Level> levels;
  };
  std::vector<Found> found;
  for (const json& record : file.scenarios) {
    if (!is_sweep_level(record)) continue;
    try {
      const auto level = read_level(record);
      auto known = std::find_if(found.begin(), found.end(),
                                [&](const Found& other) { return is_same(other.sweep, level.sweep); });
      if (known == found.end()) known = found.insert(found.end(), {level.sweep, {}});
      known->levels[level.scenario] = level.level;
    } catch (const std::invalid_argument& error) {
      warnings.push_back(fmt::format("{}: the level {} of a sweep was left out: {}", file.path.string(),
                                     text_at(record, "/name"), error.what()));
    }
  }
  for (const Found& one : found)
    add_rows(file, run, find_or_add(sweeps, one.sweep), one.sweep.range, one.levels);
}

}  // namespace threadmill::results
