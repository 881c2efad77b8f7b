#pragma once
// One run of threadmill-load against a server.

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/network/place.h"
#include "harness/process/event_loop.h"
#include "harness/trial/trial_failure.h"
#include "harness/trial/watched_server.h"
#include "os/cpu_set.h"

namespace threadmill::harness {

/// What a load run needs besides its plan.
struct LoadRun {
  std::vector<std::string> command;  ///< threadmill-load, or what runs several of its kind as one
  os::CpuSet cpus;                   ///< where it may run
  std::string stage;                 ///< of the failures thrown: "verify" or "load"
  /// Called while the generator waits; may be empty.
  std::function<void(const std::string& gate, pid_t generator)> on_gate;
  bool outlives_server = false;  ///< goes on when the server ends
  int network_namespace = -1;    ///< where it runs, as in ChildCommand
};

/// A line that threadmill-load prints with --gates: the name of the gate that it waits at, or its report.
struct LoadLine {
  std::optional<std::string> gate;
  nlohmann::json report;  ///< an object, when there is no gate
};

/// Throws TrialFailure of that stage for anything else.
LoadLine parse_load_line(const std::string& line, const std::string& stage);

/// The plan of a scenario with what the harness adds: target, CPUs, seed, and one thread for each CPU where
/// the scenario does not say how many.
nlohmann::json plan_for(const nlohmann::json& load, std::uint16_t port, const os::CpuSet& cpus,
                        std::uint64_t seed, const std::string& address = Place{}.address);

/// How many connections a load asks for, those of bystanders included.
std::size_t connections_of(const nlohmann::json& load);

/// A plan of a few messages with the same driver and message size, to see whether a server answers correctly
/// within a time of a few seconds. On a network that loses packets the patience has to be for those, too.
nlohmann::json verification_plan(const nlohmann::json& plan,
                                 std::chrono::seconds patience = std::chrono::seconds(2));

/// Runs a plan to its end and returns the load report, whatever it says. Throws TrialFailure when the server
/// ends meanwhile, or the generator gives no report.
nlohmann::json run_load(EventLoop& loop, const LoadRun& run, const nlohmann::json& plan,
                        WatchedServer& server);

/// What is wrong with a report ("incomplete: ...", "errors: 3 reset; integrity: 1 lost"); "" when nothing is.
std::string complaints(const nlohmann::json& report);

}  // namespace threadmill::harness
