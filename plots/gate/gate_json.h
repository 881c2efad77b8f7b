#pragma once
// The gate's judgement as JSON, for programs. Documented by results/schema/gate-v1.schema.json.

#include <nlohmann/json_fwd.hpp>

#include "results/gate/gate.h"

namespace threadmill::plots {

/// The version of the format. It changes when a reader of the old one would be wrong, not when keys are
/// added.
inline constexpr int kGateJsonVersion = 1;

/// Figures are not rounded; names are as the result files have them, so that whoever shows them has to escape
/// them. Pure.
nlohmann::ordered_json gate_json(const results::GateReport& report);

}  // namespace threadmill::plots
