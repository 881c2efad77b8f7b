#pragma once
// A named list of scenarios, with how often and how long.

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/catalogue/scenario.h"

namespace threadmill::harness {

/// Of each trial: what a suite, a study or a run may ask for.
inline constexpr int kMostRepeats = 1000;

struct Suite {
  std::string name;
  std::string title;
  std::vector<std::string> scenarios;
  int repeats = 4;
  std::optional<double> duration_s;           ///< overrides that of scenarios that run by time
  std::optional<double> warmup_s;             ///< the same
  std::map<std::string, double> durations_s;  ///< of scenarios that need another than the suite's
};

/// Checks the `document` that `file` holds. Throws InputError naming the file and the key.
Suite parse_suite(const nlohmann::json& document, const std::filesystem::path& file);

/// The same, read from the file.
Suite read_suite(const std::filesystem::path& file);

/// All suites of a folder, in the order of their file names. Throws InputError.
std::vector<Suite> read_suites(const std::filesystem::path& folder);

/// The suite's scenarios out of `known`, with the suite's durations. Throws InputError for one that is not
/// known.
std::vector<Scenario> scenarios_of(const Suite& suite, const std::vector<Scenario>& known);

}  // namespace threadmill::harness
