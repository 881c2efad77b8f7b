#pragma once
// What several processes say of one plan, and what it comes to.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/report.h"

namespace threadmill::load {

/// How far ahead of another process's CLOCK_MONOTONIC one is, and how wrong that may be at most.
struct ClockOffset {
  std::int64_t ahead_ns = 0;
  std::int64_t error_ns = 0;
};

/// What one rank has to say.
struct RankReport {
  std::string host;
  ClockOffset clock;                    ///< of rank 0's
  std::optional<std::size_t> ended_by;  ///< it failed only because that rank had
  std::int64_t start_late_ns = 0;       ///< how much later than it was agreed on it began
  LoadReport report;                    ///< on its own clock
};

/// The report as rank 0's clock would have told it.
LoadReport on_clock_of_rank_0(const RankReport& rank);

/// One report of them all: merge() on one clock. The failure of the rank that failed first is the whole's,
/// and says whose it is. At least one.
LoadReport merge_ranks(const std::vector<RankReport>& ranks);

/// What a rank sends to rank 0, and back. The latter throws ReportError.
nlohmann::json to_json(const RankReport& rank);
RankReport rank_report_from_json(const nlohmann::json& json);

/// The merged report, with "ranks": what each one says by itself, less the plan. A rank that was the limit,
/// or began late (judge_start()), makes the load generator the limit, and is named.
nlohmann::json to_json(const std::vector<RankReport>& ranks);

}  // namespace threadmill::load
