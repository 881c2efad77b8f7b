#pragma once
// What the reference server has to say about a window of its life.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "loadgen/reference/request_log.h"
#include "loadgen/reference/stall_schedule.h"

namespace threadmill::load::reference {

/// All times are of CLOCK_MONOTONIC. A request belongs to the window in which it arrived.
struct ReferenceReport {
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  Truth truth;
  std::uint64_t without_arrival_stamp = 0;  ///< in the whole life: no window can be told
  std::uint64_t not_logged = 0;             ///< in the whole life: the log was full (--max-requests)
  std::int64_t clock_step_ns = 0;  ///< by how much the time of day was set meanwhile; the figures hold at 0
  std::vector<Stall> stalls;       ///< injected

  /// Whether every request of the window is in the histograms, with stamps of one clock. `clock_step_ns` is
  /// allowed the uncertainty of its measurement.
  bool complete() const;

  bool operator==(const ReferenceReport&) const = default;
};

nlohmann::json to_json(const ReferenceReport& report);

/// Reads what to_json wrote. Throws ReportError, or nlohmann::json::exception naming what is missing.
ReferenceReport reference_report_from_json(const nlohmann::json& json);

}  // namespace threadmill::load::reference
