#pragma once
// What a run tells of the load generator itself. Derived from the report; written with it for whoever reads
// it.

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "loadgen/limit.h"
#include "loadgen/report.h"

namespace threadmill::load {

struct SelfKnowledge {
  LimitEvidence evidence;
  double established = 0;  ///< of the connections asked for; 1 is all
  /// |N - X R| / N, with N requests under way by the plan, X completions a second, R the time from one
  /// request of a client to the next (Little's law): far from 0, something was not counted. Closed loop only.
  std::optional<double> littles_law_residual;
  LimitJudgement limit;
};

/// The report must have a window. What the server used of its CPUs is not in it: see
/// LimitEvidence::server_cpu.
SelfKnowledge self_knowledge(const LoadReport& report);

/// The evidence, the residual and the judgement on that evidence.
nlohmann::json to_json(const SelfKnowledge& self);

/// The evidence within what to_json wrote; nothing where it is not there.
std::optional<LimitEvidence> limit_evidence_from_json(const nlohmann::json& self);

}  // namespace threadmill::load
