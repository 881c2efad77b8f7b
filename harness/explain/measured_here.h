#pragma once
// Where a model was measured on this machine.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace threadmill::harness {

/// Whether two "environment" objects of result files are of one machine: processor, CPUs, kernel. Pure.
bool is_measured_here(const nlohmann::json& environment, const nlohmann::json& here);

/// The newest result file in `home`/results/runs and results/reference that is of the machine `here`
/// describes and has a valid trial of the model, or none. Files that cannot be read are passed over.
std::optional<std::filesystem::path> newest_result_of(const std::string& model,
                                                      const std::filesystem::path& home,
                                                      const nlohmann::json& here);

}  // namespace threadmill::harness
