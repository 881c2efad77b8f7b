#pragma once
// The processes that made the load of a trial together, where it came from several (threadmill-load-mpi).

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace threadmill::results {

struct Rank {
  std::size_t number = 0;
  std::string host;
  const nlohmann::json* report = nullptr;  ///< its own load report, within the trial's record
  double clock_error_ns = 0;               ///< of its clock, set by rank 0's: at most
  double start_late_ns = 0;                ///< how much later than it was agreed on it began

  /// "rank 1 on b".
  std::string name() const;
};

/// Of a trial's record, in their order; none where the load came from one process.
std::vector<Rank> ranks_of(const nlohmann::json& trial_record);

}  // namespace threadmill::results
