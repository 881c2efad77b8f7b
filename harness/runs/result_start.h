#pragma once
// How a result file begins, whichever verb writes it: its name, its header, its scenarios.

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/catalogue/scenario.h"
#include "harness/catalogue/study.h"
#include "harness/catalogue/subject.h"
#include "harness/machine/cpu_plan.h"
#include "harness/trial/schedule.h"

namespace threadmill::harness {

/// What the header says of the run itself.
struct RunFacts {
  std::string kind = "run";            ///< "run", "ab", "gate", "study", "sweep"
  std::vector<std::string> arguments;  ///< as typed
  std::optional<std::string> suite;
  std::optional<Study> study;
  std::uint64_t seed = 1;
  std::optional<int> repeats;  ///< of each subject; nothing where a rule says when it is enough
  std::vector<Subject> subjects;
  std::vector<std::string> missing;     ///< of them, those whose programs are not there
  CpuPlan cpus;                         ///< of the server on its machine, and of the generator on this one
  std::vector<std::string> load_hosts;  ///< that the load came from, as "b:2"; none: this machine
  std::optional<nlohmann::json> server_host;  ///< {"name", "environment"} of another one that servers ran on
  ScenarioOrder order = ScenarioOrder::as_listed;
  std::optional<nlohmann::json> selftest;    ///< of the generator, where it was measured
  std::optional<nlohmann::json> primitives;  ///< of this machine, where they were measured
};

/// The header record. Asks the subjects for their versions.
nlohmann::json header_record(const RunFacts& facts);

std::vector<nlohmann::json> scenario_records(const std::vector<Scenario>& scenarios);

/// The file to create: `asked` for with --out, or results/runs/<UTC time>-<name>.jsonl under `home`. Throws
/// InputError where it cannot be created or exists already.
std::filesystem::path choose_out_file(const std::optional<std::filesystem::path>& asked,
                                      const std::string& name, const std::filesystem::path& home);

}  // namespace threadmill::harness
