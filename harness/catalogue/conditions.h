#pragma once
// What a scenario asks for beside the load: options of servers, a fault, a network, and a calm scenario to be
// held against.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/catalogue/fault_plan.h"
#include "harness/network/network_conditions.h"

namespace threadmill::json {
class StrictObject;
}

namespace threadmill::harness {

struct Scenario;
struct Subject;

/// Each as the scenario's file has it; null where it has none.
struct Conditions {
  nlohmann::json server;   ///< options of our models: {"work": "5ms:1%", "fault": "crash", "max_connections":
                           ///< n, "journal": true}
  nlohmann::json fault;    ///< what is done to a server meanwhile: {"kind": "kill", "at_s": 1, "for_s": 1}
  nlohmann::json network;  ///< between generator and server: {"delay_ms": 10, "loss_percent": 1}
  nlohmann::json behaviour;  ///< {"name": .., "calm": .., "metric": .., "held_within": ..}

  /// What follows a model's command.
  std::vector<std::string> words() const;
  std::optional<FaultPlan> fault_plan() const;
  /// The server keeps a journal, in a folder that the trial makes.
  bool keeps_journal() const;
  /// The handler of a client is to crash.
  bool crashes() const;
  /// Nothing where the scenario is on the loopback.
  std::optional<NetworkConditions> network_conditions() const;
  /// The server may end in mid-trial, and that is a result.
  bool may_end_server() const { return crashes() || (fault_plan() && fault_plan()->may_end_connections()); }
};

/// Reads them out of a scenario whose load is checked already. Throws json::JsonError.
Conditions read_conditions(const threadmill::json::StrictObject& scenario);

/// Why the subject cannot take part in the scenario, as "'node' is no model of ours, ..."; nothing when it
/// can. Its service is another question (Subject::offers).
std::optional<std::string> why_not(const Subject& subject, const Scenario& scenario);

}  // namespace threadmill::harness
