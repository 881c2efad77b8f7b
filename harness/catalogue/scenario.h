#pragma once
// One experiment: what is asked of the subjects, and which subjects are asked by default.

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/catalogue/conditions.h"

namespace threadmill::harness {

/// A scenario file, checked.
struct Scenario {
  std::string name;
  std::string title;
  std::string question;               ///< one sentence: what the experiment tells
  std::string service;                ///< one of service_names()
  std::vector<std::string> subjects;  ///< by default; --models overrides
  nlohmann::json load;                ///< the load plan without target and cpus
  Conditions conditions;              ///< what else is asked for
  nlohmann::json published;           ///< figures of a source document, or null
  /// Subjects that were named and cannot take part, with the reason; of a run, not of a file.
  std::map<std::string, std::string> not_applicable;

  bool runs_by_time() const;
  /// How long its load goes on, warm-up included; 0 where a number of messages ends it.
  double load_s() const;

  /// Overrides how long it runs, where it runs by time.
  void run_for(std::optional<double> duration_s, std::optional<double> warmup_s);

  /// As it goes into the result file.
  nlohmann::json to_json() const;
};

/// In place of a subject: every model of ours that offers the service and serves several clients at a time,
/// with its defaults.
inline constexpr const char* kEveryModel = "every-model";

/// Checks `document`; `where` starts each message. Throws InputError for an unknown, missing or wrong key.
Scenario parse_scenario(const nlohmann::json& document, const std::string& where);

/// Throws InputError naming the file and the key.
Scenario read_scenario(const std::filesystem::path& file);

/// Whether the user means a file, and no scenario or suite by its name.
bool is_scenario_file(const std::string& target);

/// The scenario called `target` in `folder`, or in the file of that path. Throws InputError.
Scenario find_scenario(const std::string& target, const std::filesystem::path& folder);

/// All scenarios of a folder, in the order of their file names. Throws InputError.
std::vector<Scenario> read_scenarios(const std::filesystem::path& folder);

}  // namespace threadmill::harness
