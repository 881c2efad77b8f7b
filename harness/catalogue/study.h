#pragma once
// A source's own experiment: its scenarios, who takes part, and what the source claims of the outcome.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/catalogue/scenario.h"

namespace threadmill::harness {

/// A study file, checked.
struct Study {
  std::string name;
  std::string title;
  std::vector<std::variant<std::string, Scenario>> scenarios;  ///< a name of the catalogue, or written out
  std::vector<std::string> subjects;  ///< in every scenario, in place of the scenario's own
  std::vector<std::string> peers;     ///< beside them, where this machine has them
  int repeats = 0;
  std::optional<double> duration_s;  ///< overrides that of scenarios that run by time
  std::optional<double> warmup_s;    ///< the same
  nlohmann::json kept;               ///< as it goes into a result file, see results/study/study.h
};

/// Checks `document`; `where` starts each message. Throws InputError for an unknown, missing or wrong key,
/// and for a claim about a scenario, subject or metric that is not there.
Study parse_study(const nlohmann::json& document, const std::string& where);

/// Throws InputError naming the file and the key.
Study read_study(const std::filesystem::path& file);

/// The study called `target` in `folder`, or in the file of that path. Throws InputError.
Study find_study(const std::string& target, const std::filesystem::path& folder);

/// All studies of a folder, in the order of their file names. Throws InputError.
std::vector<Study> read_studies(const std::filesystem::path& folder);

/// The study's scenarios, those that it names out of `known`, with its subjects (peers left out) and
/// durations. Throws InputError for one that is not known.
std::vector<Scenario> scenarios_of(const Study& study, const std::vector<Scenario>& known);

}  // namespace threadmill::harness
