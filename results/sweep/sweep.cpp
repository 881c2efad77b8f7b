#include "results/sweep/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "results/file/facts.h"
#include "results/file/json_access.h"
#include "results/sweep/level_record.h"
#include "results/sweep/sweep_row_builder.h"
#include "results/trial/load_kind.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

Sweep& find_or_add(std::vector<Sweep>& sweeps, const Sweep& wanted) {
  for (Sweep& known : sweeps) {
    if (is_same_sweep(known, wanted)) return known;
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
    SweepRowBuilder builder(sweep, range, row_of(sweep, run, subject));
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

bool is_same_sweep(const Sweep& a, const Sweep& b) {
  return a.of == b.of && a.over == b.over && a.service_level == b.service_level &&
         a.max_errors == b.max_errors && a.load == b.load;
}

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
                                [&](const Found& other) { return is_same_sweep(other.sweep, level.sweep); });
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
