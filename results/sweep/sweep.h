#pragma once
// From the probes of a sweep to latency-against-load curves and capacities, derived anew from the raw trials.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "results/file/store.h"
#include "results/sweep/capacity_search.h"
#include "results/sweep/probe.h"
#include "results/trial/latency.h"
#include "results/trial/trial.h"

namespace threadmill::results {

/// One trial at one level.
struct Probe {
  Level level = 0;
  std::string scenario;  ///< as the trial names it: "echo-open@20000"
  Trial trial;
  ProbeVerdict verdict;
  std::vector<double> limited_ns = {};  ///< the percentile of each limit of the service level
};

/// Probes of levels that lie within a tenth of each other, together.
struct CurvePoint {
  double level = 0;  ///< the median
  std::size_t probes = 0;
  std::size_t met = 0;
  std::optional<Percentiles> latency;        ///< of the merged histograms
  std::vector<double> limited_ns;            ///< the percentile of each limit of the service level
  std::optional<double> requests_per_s;      ///< median
  std::optional<double> cpu_us_per_request;  ///< median
};

/// One subject of a sweep.
struct SweepRow {
  std::size_t run = 0;  ///< index into Comparison::runs
  std::string subject;
  std::string label;  ///< the subject, with its run where several are compared
  bool ceiling = false;
  std::vector<Probe> probes;      ///< in the order in which they were run
  std::vector<CurvePoint> curve;  ///< by level
  Capacity capacity;
  std::optional<CurvePoint> at_capacity;  ///< the probes that met, nearest below the capacity
  std::size_t unconfirmed = 0;            ///< probes that a second one of the same level did not confirm
  std::string reason;                     ///< one sentence: what ended it
};

/// All subjects of one sweep: of one run, or of several that asked the very same.
struct Sweep {
  std::string of;    ///< the scenario's name
  std::string over;  ///< "rate_per_s" or "connections"
  ServiceLevel service_level;
  std::uint64_t max_errors = 0;
  SearchRange range;    ///< of the first run
  nlohmann::json load;  ///< the scenario's, at some level
  bool pubsub = false;
  Latency latency = Latency::service;  ///< what the service level limits
  std::vector<SweepRow> rows;          ///< in the order in which they were first probed
};

/// Whether two sweeps ask the very same: the capacities of one may be put beside those of the other.
bool is_same_sweep(const Sweep& a, const Sweep& b);

/// Whether a scenario record is a level of a sweep, and no experiment of its own.
bool is_sweep_level(const nlohmann::json& scenario_record);

/// Adds the rows of a run's sweeps. A level whose terms cannot be read is left out, and told in `warnings`.
void add_sweeps(const ResultFile& file, std::size_t run, std::vector<Sweep>& sweeps,
                std::vector<std::string>& warnings);

}  // namespace threadmill::results
