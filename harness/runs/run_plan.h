#pragma once
// From what a user asks for to what will be run: every name resolved and every mistake told before anything
// starts.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/catalogue/scenario.h"
#include "harness/catalogue/study.h"
#include "harness/catalogue/subject.h"
#include "harness/host/server_host.h"
#include "harness/network/place.h"
#include "harness/trial/load_hosts.h"
#include "harness/trial/schedule.h"

namespace threadmill::harness {

/// The arguments of `threadmill run` and `threadmill study`.
struct RunRequest {
  std::vector<std::string>
      targets;        ///< one suite, or scenarios by name or by path of a .json file; none: suite quick
  std::string study;  ///< by name or by path of a .json file, in place of targets; "": none
  std::vector<std::string> models;  ///< empty: those of each scenario
  std::optional<int> repeats;
  std::optional<double> duration_s;  ///< of each trial, instead of the scenario's
  std::optional<double> warmup_s;    ///< the same
  std::uint64_t seed = 1;
  ScenarioOrder order = ScenarioOrder::mirrored;  ///< a run that goes on keeps the one that it was begun with
  std::optional<std::filesystem::path> out;
  std::vector<std::filesystem::path> subject_folders;
  LoadHosts load_hosts;                          ///< none: the load comes from this machine
  ServerHost server_host;                        ///< none: servers run on this machine
  std::string server_address = Place{}.address;  ///< where servers listen for the load
  bool dry_run = false;                          ///< only print what would be run
  bool report = true;                            ///< is written and, as tables, printed
  bool colours = true;                           ///< of what is printed, where a terminal shows them
  bool as_json = false;                          ///< the report as JSON is printed, and no tables
  bool selftest = true;                          ///< the generator is measured first, for the header
  bool primitives = false;             ///< are measured first, for the header; else those kept are taken
  bool count_syscalls = true;          ///< in a short pass after the first repeat
  std::vector<std::string> arguments;  ///< as typed, for the result file
  /// Of a run that goes on: the subjects whose programs were not there when it began. Nothing: look.
  std::optional<std::vector<std::string>> missing;
};

/// What to run, in order, and what to tell beforehand.
struct RunPlan {
  std::optional<std::string> suite;
  std::optional<Study> study;
  std::vector<Scenario> scenarios;  ///< with the subjects that they run
  std::vector<Subject> subjects;    ///< all that occur, each once
  std::vector<Slot> slots;
  std::vector<std::pair<Slot, std::string>> untried;  ///< trials that cannot be, and why
  int repeats = 0;
  std::string name;  ///< for files: the suite's, the study's or the scenario's
  std::vector<std::string> notices;

  /// The subjects that cannot be tried, each once.
  std::vector<std::string> missing() const;
  const Scenario& scenario(const std::string& called) const;
  const Subject& subject(const std::string& called) const;
};

/// Throws InputError naming the thing and the remedy. `home` has harness/scenarios and so on; `server` is
/// threadmill-server.
RunPlan make_run_plan(const RunRequest& request, const std::filesystem::path& home,
                      const std::filesystem::path& server);

}  // namespace threadmill::harness
