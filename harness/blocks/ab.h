#pragma once
// `threadmill ab`: two subjects live beside each other until it is clear enough how they differ.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "results/trial/metrics.h"

namespace threadmill::harness {

/// The arguments of `threadmill ab`.
struct AbRequest {
  std::string a;                         ///< a name of `list models`, or MODEL@PROGRAM
  std::string b;                         ///< the same
  std::string scenario = "echo-gate";    ///< name, or path of a .json file
  std::vector<results::Metric> metrics;  ///< none: see results::judge_ab
  double precision = 0.02;               ///< of the first metric's ratio, as a share
  double time_s = 60;
  std::uint64_t seed = 1;
  std::optional<std::filesystem::path> out;
  std::vector<std::filesystem::path> subject_folders;
  bool as_json = false;
  std::vector<std::string> arguments;  ///< as typed, for the result file
};

/// Does what `threadmill ab` does and returns its exit code. Throws InputError before anything is started
/// (of metrics that no trial has: after the first block), and results::ResultError when results cannot be
/// kept.
int ab(const AbRequest& request);

}  // namespace threadmill::harness
