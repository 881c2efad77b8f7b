#pragma once
// What pieces of work cost on this machine: measured, kept, and found again.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/machine/cpu_plan.h"

namespace threadmill::harness {

/// Runs threadmill-primitives, which takes about half a minute. {"created", "cpus": {"server", "peer"},
/// "costs": {NAME: {"median_ns", "min_ns", "max_ns", "repetitions"}}}: as result files have it. Throws
/// std::runtime_error that names the remedy where the program was not built or fails, and Interrupted.
nlohmann::json measure_primitives(const CpuPlan& cpus);

/// The costs in Google Benchmark's JSON output: of each benchmark over its repetitions. One that failed is
/// left out. Throws std::runtime_error for what is no such output. Pure.
nlohmann::json costs_in_output(const std::string& output);

/// Keeps what measure_primitives() gave, with the machine and the build, in a new file of
/// `home`/results/primitives. Returns the file.
std::filesystem::path keep_primitives(const nlohmann::json& primitives, const std::filesystem::path& home);

/// The newest that was kept of a machine like this one (CPU, kernel, mitigations), as result files have it.
std::optional<nlohmann::json> kept_primitives(const std::filesystem::path& home);

/// For a terminal: each primitive with its median and spread.
std::string primitives_text(const nlohmann::json& primitives);

}  // namespace threadmill::harness
