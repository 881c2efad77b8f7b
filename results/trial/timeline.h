#pragma once
// What happened over the time of one trial. Pure functions.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

namespace threadmill::results {

/// One whole second of sending.
struct RatePoint {
  double second = 0;          ///< its middle, from the start of the measured window
  double requests_per_s = 0;  ///< answered in it
  /// Of the response times where a schedule sends, else of the service times. Absent in a second without any.
  std::optional<double> p50_ns;
  std::optional<double> p99_ns;
};

/// The server's process tree between two samples.
struct ServerCpuPoint {
  double second = 0;       ///< the middle between both
  double cpu_percent = 0;  ///< 100 is one CPU
};

/// The server's process tree at one moment.
struct ServerMemoryPoint {
  double second = 0;
  double pss_bytes = 0;
};

struct Timeline {
  std::vector<RatePoint> rates;
  std::vector<ServerCpuPoint> cpu;  ///< at most kMostServerPoints: of a long trial, longer intervals
  std::vector<ServerMemoryPoint>
      memory;  ///< only where memory was sampled, which costs too much at every sample
};

inline constexpr std::size_t kMostServerPoints = 60;

/// Of a trial's record. Never throws for an incomplete record: what is missing is absent.
Timeline timeline_of(const nlohmann::json& record);

}  // namespace threadmill::results
