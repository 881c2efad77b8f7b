#pragma once
// Everything that a gate leaves for people, CI systems and dashboards.

#include <cstdio>
#include <filesystem>
#include <optional>

#include "results/gate/gate.h"

namespace threadmill::plots {

struct GateOutputPaths {
  std::optional<std::filesystem::path> junit;
  std::optional<std::filesystem::path> markdown;
  std::optional<std::filesystem::path> benchmark_json;  ///< in Google Benchmark's format
  std::optional<std::filesystem::path> step_summary;    ///< Markdown is appended to it
  bool annotations = false;                             ///< as GitHub Actions reads them on standard output
};

/// What GitHub Actions asks its steps for: $GITHUB_STEP_SUMMARY, and annotations where $GITHUB_ACTIONS is
/// "true". Elsewhere nothing.
GateOutputPaths gate_outputs_of_environment();

/// Prints the judgement as text to `out`, annotations below it, and writes the files; each is whole or not
/// there, and its folder is made where it does not exist. One that cannot be written does not keep the others
/// from it: then it throws, at the end, std::runtime_error that names the first.
void write_gate_outputs(const results::GateReport& report, const GateOutputPaths& paths, std::FILE* out);

}  // namespace threadmill::plots
