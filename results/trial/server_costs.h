#pragma once
// What a trial cost the server: CPU time, memory, switches, faults.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "loadgen/limit.h"
#include "results/trial/trial.h"

namespace threadmill::results {

/// Fills in the metrics of the server's process tree. `window_ns` is the length of the measured window.
void derive_server_costs(const nlohmann::json& trial_record, std::optional<double> window_ns, Trial& trial);

/// Adds how busy the server was to what the generator knows. `server_cpus` as for derive_trial(). Says
/// whether that is known.
bool add_server_evidence(const nlohmann::json& trial_record, std::optional<double> window_ns,
                         std::size_t server_cpus, load::LimitEvidence& evidence);

}  // namespace threadmill::results
