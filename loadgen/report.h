#pragma once
// What a run of the load generator has to say: the load report.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "loadgen/bystanders/bystander_counts.h"
#include "loadgen/continuity.h"
#include "loadgen/counters.h"
#include "loadgen/delivery_latency.h"
#include "loadgen/histogram.h"
#include "loadgen/plan.h"
#include "loadgen/time_series.h"

namespace threadmill::load {

inline constexpr int kReportSchemaVersion = 1;

/// CLOCK_MONOTONIC; 0 .. 0 when nothing was measured.
struct Window {
  std::int64_t start_ns = 0;  ///< first send, or first connect with MeasureFrom::connect
  std::int64_t end_ns = 0;    ///< last completion
  std::optional<std::int64_t>
      deadline_ns;  ///< of sending, in runs by time; what is answered later was drained
  bool operator==(const Window&) const = default;
};

/// What one thread of the generator used.
struct ThreadUse {
  std::vector<int> cpus;           ///< pinned to; empty: not pinned
  std::int64_t user_ns = 0;        ///< whole life
  std::int64_t system_ns = 0;      ///< whole life
  std::int64_t window_cpu_ns = 0;  ///< user and system in the window
  /// In the window: it could have run, and another had its CPU. Nothing where the kernel does not tell.
  std::optional<std::int64_t> window_run_delay_ns = std::nullopt;
  bool operator==(const ThreadUse&) const = default;
};

/// Where a schedule says when requests leave, and not the answers before them.
struct PacedLatency {
  Histogram
      response_time;     ///< intended send -> answer; what was never sent: what it had waited by the deadline
  Histogram slip;        ///< intended -> actual send
  Histogram send_delay;  ///< could have left -> actual send: the part of the slip that the generator added
  TimeSeries series;     ///< the response times, second by second
  bool operator==(const PacedLatency&) const = default;
};

/// How a warm-up ended.
struct Warmup {
  bool steady = false;       ///< with a steady rate (SteadyRate); else at its cap
  std::int64_t took_ns = 0;  ///< until then
  bool operator==(const Warmup&) const = default;
};

/// What became of the bystanders, and what they cost the generator.
struct BystanderReport {
  BystanderCountsByKind counts;
  std::int64_t cpu_ns = 0;  ///< of their thread, in its whole life
  bool operator==(const BystanderReport&) const = default;
};

struct LoadReport {
  Plan plan;
  std::optional<std::string> failure;  ///< why the run failed; nothing: it is complete
  Window window;
  std::uint64_t asked = 0;
  std::uint64_t established = 0;
  std::uint64_t completed = 0;  ///< requests answered in the window
  std::uint64_t completed_in_time =
      0;  ///< those by the deadline, if there is one: what throughput is made of
  std::optional<std::uint64_t> deliveries;  ///< pubsub only
  std::optional<std::uint64_t> deliveries_in_time;
  Bytes bytes;                                ///< in the window
  Errors errors;                              ///< in the whole run
  Integrity integrity;                        ///< in the whole run
  std::optional<Losses> losses;               ///< only where lost clients return
  std::optional<Continuity> continuity;       ///< only where messages are followed singly
  std::uint64_t unsent = 0;                   ///< open loop: due in the window, and never sent
  Histogram service_time;                     ///< actual send -> answer, in the window
  TimeSeries service_series;                  ///< the same, second by second
  std::optional<PacedLatency> paced;          ///< only where requests have due times of their own
  std::optional<DeliveryLatency> delivery;    ///< pubsub only
  Histogram connect_time;                     ///< connect(2) -> established, in the whole run
  std::optional<Warmup> warmup;               ///< only where it may end when the rate is steady
  std::optional<BystanderReport> bystanders;  ///< only where the plan has any
  std::vector<ThreadUse> threads;
  Readiness readiness;             ///< in the window
  std::optional<Backlog> backlog;  ///< at the deadline of sending, in runs by time
  std::uint64_t max_rss_bytes = 0;

  bool complete() const { return !failure.has_value(); }
  bool operator==(const LoadReport&) const = default;
};

/// A report that does not follow the schema; the message names the key.
class ReportError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// With what is derived: "self" (SelfKnowledge) and "contracts" (integrity_verdict).
nlohmann::json to_json(const LoadReport& report);

/// Reads what to_json wrote, less what is derived. Throws ReportError (PlanError for the plan within).
LoadReport load_report_from_json(const nlohmann::json& json);

/// One report for two generators that loaded the same server at the same time: counters and histograms added,
/// the window from the first start to the last end, threads side by side, the plan of the first. Failed if
/// either is.
LoadReport merge(LoadReport first, const LoadReport& second);

/// {"unit": "ns", "count": .., "min": .., "max": .., "mean": .., "hdr_v2": ".."} and back (throws
/// ReportError).
nlohmann::json to_json(const Histogram& histogram);
Histogram histogram_from_json(const nlohmann::json& json);

}  // namespace threadmill::load
