#pragma once
// Going on with a run that was interrupted or broke off: what its file says, and what is left to do.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/runs/run_plan.h"
#include "results/file/store.h"

namespace threadmill::harness {

/// A result file to go on with; while it exists nobody else can.
struct BegunRun {
  results::ResultWriter writer;
  results::ResultFile file;
};

/// Opens and reads it. Throws InputError when it is no result file of `threadmill run`, is complete, is of a
/// newer version, or another process writes to it.
BegunRun open_begun_run(const std::filesystem::path& file);

/// Throws InputError naming the scenario, trial or subject when the trials of `file` are not some of those of
/// `plan`: another load, other subjects, another command. Servers listen at `server_address`, on no network
/// of a scenario's own.
void require_same_run(const RunPlan& plan, const results::ResultFile& file,
                      const std::string& server_address);

/// The plan without the trials that `file` has. A trial that failed is a result, too, and is not repeated.
RunPlan left_to_do(RunPlan plan, const results::ResultFile& file);

/// What is otherwise than when the run began, each as "the kernel: A then, B now": of the tool,
/// the machine, the CPUs. Both are headers of a result file, or as much of one as is known.
std::vector<std::string> differences(const nlohmann::json& then, const nlohmann::json& now);

}  // namespace threadmill::harness
