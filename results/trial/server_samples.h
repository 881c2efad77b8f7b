#pragma once
// What the sampler saw of the server in a trial: its snapshots at the gates, and the samples between them.
// Pure functions.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

namespace threadmill::results {

/// The snapshot that a trial's record has of the gate `name` ("start", "connected", "warm", "measured"), or
/// nullptr. Points into the record.
const nlohmann::json* snapshot_at(const nlohmann::json& record, const char* name);

/// The snapshot of the last gate before the load, or nullptr.
const nlohmann::json* snapshot_before_load(const nlohmann::json& record);

/// Whether the processes that were watched had ended when the load had been measured. Another may have taken
/// their place, as after a fault: what was sampled is then not what the load has cost.
bool ended_in_window(const nlohmann::json& record);

/// What a counter of the snapshots, named by its JSON pointer, grew by while the load was measured: from the
/// last gate before it. Nothing where either is missing, or where it shrank.
std::optional<double> growth(const nlohmann::json& record, const char* counter);

/// The server's process tree at one moment.
struct ServerSample {
  double t_ns = 0;    ///< CLOCK_MONOTONIC, as the load report's window
  double cpu_ns = 0;  ///< since it started
  std::optional<double> pss_bytes;
};

/// Those of the measured window, its two gates being the first and the last; none where it ended in it. A
/// sample that is nearer than half the sampling interval to the one before or to the end is left out: over so
/// little time a clock tick is a lot.
std::vector<ServerSample> window_samples(const nlohmann::json& record);

}  // namespace threadmill::results
