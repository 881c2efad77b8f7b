#pragma once
// What a gate measures: the very scenarios and subjects of its baseline.

#include <filesystem>
#include <string>
#include <vector>

#include "harness/blocks/block_run.h"
#include "harness/blocks/gate.h"
#include "results/file/store.h"
#include "results/gate/gate.h"

namespace threadmill::harness {

struct GatePlan {
  BlockPlan blocks;
  std::vector<results::GatePair> pairs;  ///< where the baseline runs too
  std::string baseline;                  ///< what reports call it; "" where it is a file
  std::string candidate;                 ///< what reports call it
};

/// Whether a baseline is a program to run beside the candidate, and no result file.
bool is_server_program(const std::filesystem::path& baseline);

/// Throws InputError for a name that the user asks for (--scenario, --models) and the baseline does not have:
/// silence would be taken for a pass.
void require_in_baseline(const GateRequest& request, const results::ResultFile& baseline);

/// The scenarios and subjects that the file's trials have, with its yardstick, which this build's own server
/// serves even where the candidate is another: a yardstick must not change with what it measures. Throws
/// InputError, also where a subject is not known here.
GatePlan plan_against_file(const GateRequest& request, const results::ResultFile& baseline,
                           const std::filesystem::path& home);

/// Each model served by both programs, in the same blocks. Throws InputError.
GatePlan plan_against_program(const GateRequest& request, const std::filesystem::path& home);

}  // namespace threadmill::harness
