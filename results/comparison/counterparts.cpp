#include "results/comparison/counterparts.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace threadmill::results {
namespace {

using nlohmann::json;

bool is_wanted(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

bool has_run(const ScenarioComparison& scenario, std::size_t run) {
  return std::any_of(scenario.rows.begin(), scenario.rows.end(),
                     [&](const Row& row) { return row.run == run; });
}

/// "/stop/messages is 10 and 20, /pipeline is its default and 16"
std::string load_differences(const json& first, const json& second) {
  const json one = first.flatten(), other = second.flatten();
  std::set<std::string> keys;
  for (const json* load : {&one, &other})
    for (const auto& [key, value] : load->items()) keys.insert(key);
  const auto text = [](const json& load, const std::string& key) {
    return load.contains(key) ? load.at(key).dump() : "its default";
  };
  std::vector<std::string> texts;
  for (const std::string& key : keys) {
    const std::string here = text(one, key), there = text(other, key);
    if (here != there)
      texts.push_back(
          fmt::format("{} is {} and {}", key.substr(std::min<std::size_t>(1, key.size())), here, there));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// The scenario of the same name that `run` ran under another load.
const ScenarioComparison* namesake(const Comparison& comparison, const ScenarioComparison& scenario,
                                   std::size_t run) {
  for (const ScenarioComparison& other : comparison.scenarios)
    if (&other != &scenario && other.name == scenario.name && has_run(other, run)) return &other;
  return nullptr;
}

std::string only_in(const Comparison& comparison, std::size_t run) {
  return "only in " + comparison.runs[run].label;
}

std::string another_experiment(const ScenarioComparison& first, const ScenarioComparison& second) {
  return "not the same experiment in both: " + load_differences(first.load, second.load);
}

/// Pairs the cells of two runs of one comparison.
class RunsBesideEachOther {
 public:
  RunsBesideEachOther(const Comparison& comparison, std::size_t second)
      : comparison_(comparison), second_(second) {}

  void add(const ScenarioComparison& scenario) {
    const bool in_first = has_run(scenario, 0), in_second = has_run(scenario, second_);
    if (in_first && in_second) return add_subjects(scenario);
    if (in_first || in_second) name_lonely(scenario, in_first);
  }

  Counterparts take() { return std::move(found_); }

 private:
  void add_subjects(const ScenarioComparison& scenario) {
    for (const Row& row : scenario.rows) {
      if (row.run != 0 && row.run != second_) continue;
      const Row* other = find_row(scenario, row.run == 0 ? second_ : 0, row.subject);
      if (other == nullptr) {
        found_.without.push_back(
            fmt::format("{}, {}: {}", scenario.name, row.subject, only_in(comparison_, row.run)));
      } else if (row.run == 0) {
        found_.pairs.push_back({&scenario, &row, other});
      }
    }
  }

  void name_lonely(const ScenarioComparison& scenario, bool in_first) {
    const ScenarioComparison* other = namesake(comparison_, scenario, in_first ? second_ : 0);
    if (other == nullptr) {
      found_.without.push_back(
          fmt::format("{}: {}", scenario.name, only_in(comparison_, in_first ? 0 : second_)));
    } else if (in_first) {  // once for the two of them
      found_.without.push_back(fmt::format("{}: {}", scenario.name, another_experiment(scenario, *other)));
    }
  }

  const Comparison& comparison_;
  std::size_t second_;
  Counterparts found_;
};

}  // namespace

Counterparts counterparts_of_runs(const Comparison& comparison, std::size_t second,
                                  const std::vector<std::string>& scenarios) {
  RunsBesideEachOther runs(comparison, second);
  for (const ScenarioComparison& scenario : comparison.scenarios)
    if (is_wanted(scenarios, scenario.name)) runs.add(scenario);
  return runs.take();
}

std::string why_no_counterpart(const Comparison& comparison, const ScenarioComparison& scenario,
                               std::size_t second) {
  const ScenarioComparison* other =
      has_run(scenario, second) ? nullptr : namesake(comparison, scenario, second);
  return other == nullptr ? only_in(comparison, 0) : another_experiment(scenario, *other);
}

Counterparts counterparts_of_subjects(const Comparison& comparison, const std::string& first,
                                      const std::string& second, const std::vector<std::string>& scenarios) {
  Counterparts found;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    if (!is_wanted(scenarios, scenario.name)) continue;
    const Row* one = find_row(scenario, 0, first);
    const Row* other = find_row(scenario, 0, second);
    if (one != nullptr && other != nullptr) {
      found.pairs.push_back({&scenario, one, other});
    } else if (one != nullptr || other != nullptr) {
      found.without.push_back(
          fmt::format("{}: only {} is in it", scenario.name, one != nullptr ? first : second));
    }
  }
  return found;
}

}  // namespace threadmill::results
