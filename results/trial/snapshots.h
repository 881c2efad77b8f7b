#pragma once
// The snapshots of the server that a trial record holds, taken at the gates between the stages of a trial.

#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace threadmill::results {

/// The snapshot of the gate called `name` ("start", "connected", "warm", "measured"), or nullptr.
const nlohmann::json* snapshot_at(const nlohmann::json& trial_record, const char* name);

/// That of the last gate before the load, or nullptr.
const nlohmann::json* snapshot_before_load(const nlohmann::json& trial_record);

/// What a counter of the snapshots, named by its JSON pointer, grew by while the load was measured: from the
/// last gate before it. Nothing where either is missing, or where it shrank.
std::optional<double> growth(const nlohmann::json& trial_record, const char* counter);

}  // namespace threadmill::results
