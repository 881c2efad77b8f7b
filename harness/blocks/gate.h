#pragma once
// `threadmill gate`: whether a candidate has become worse than its baseline.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "results/gate/gate.h"

namespace threadmill::harness {

/// The arguments of `threadmill gate`.
struct GateRequest {
  std::filesystem::path baseline;                  ///< a result file, or another build's threadmill-server
  std::optional<std::filesystem::path> candidate;  ///< a result file; none: it is measured now
  std::optional<std::filesystem::path> server;     ///< of the candidate; none: this build's threadmill-server
  double max_regression = 0.05;                    ///< as a share, above 0
  std::vector<results::Metric> metrics;            ///< that have a direction; none: see results::GateOptions
  std::vector<std::string> models;                 ///< only these; none: the baseline's, or the scenario's
  std::vector<std::string> scenarios;              ///< only these; none: the baseline's, or echo-gate
  double time_s = 50;
  std::optional<double> precision;  ///< of every cell's ratio, as a share: enough when it is reached
  std::uint64_t seed = 1;
  std::optional<std::filesystem::path> out;
  std::vector<std::filesystem::path> subject_folders;
  std::vector<std::string> arguments;  ///< as typed, for the result file
};

/// A judgement, with what it takes to end the command.
struct GateRun {
  results::GateReport report;
  bool interrupted = false;  ///< by a signal: there is no judgement
};

/// Measures what has to be measured, and judges. Throws InputError for a baseline that cannot be read or
/// judged against, and where there is nothing to compare.
GateRun gate(const GateRequest& request);

/// kDone, kRegression, kInconclusive, or kFailed for a candidate that nobody may judge.
int exit_code_of(results::GateOutcome outcome);

}  // namespace threadmill::harness
