#pragma once
// One trial with everything that is derived from it.

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/limit.h"
#include "results/trial/explanation.h"
#include "results/trial/instrument.h"
#include "results/trial/metrics.h"

namespace threadmill::results {

using Counts = std::map<std::string, std::uint64_t>;

/// "1 lost, 2 repeated"; "" for none.
std::string listed(const Counts& counts);

/// No run has a trial of a higher repeat; what a file says beyond it is not read.
inline constexpr std::int64_t highest_repeat = 1'000'000'000;

/// A trial with everything derived from it.
struct Trial {
  std::string subject;
  std::int64_t repeat = 0;  ///< from 0; people are shown it from 1
  std::int64_t sequence = 0;
  std::string started_at;
  std::string problem;             ///< why the trial does not count; empty when it is valid
  Counts errors;                   ///< connect, timeout, reset, ...: only those above zero
  Counts integrity;                ///< corrupt, lost, repeated, ...: only those above zero
  std::optional<double> window_s;  ///< the measured window, draining included
  PerMetric<double> values;
  std::optional<load::LimitJudgement> limit;  ///< what kept it from being faster, where that is known
  std::optional<WarmupEnd> warmup;            ///< where it may end when the rate is steady
  std::optional<load::Contracts> contracts;   ///< what its integrity counters say about them
  std::vector<std::string> disturbances;      ///< what else the machine did: "others used 12 % of its CPUs"
  bool memory_is_growth =
      false;                ///< bytes_per_connection leaves out what the server used before anybody connected
  std::string server_exit;  ///< how a fault that the scenario asked for ended the server; empty: it did not
  Explanation explanation;

  bool valid() const { return problem.empty(); }
  bool is_disturbed() const { return !disturbances.empty(); }
};

/// Derives from a trial record of a result file. `server_cpus` is how many CPUs the server was given (0: not
/// known, or shared with the generator: then nobody can say what limited the trial). Never throws for a
/// record that is incomplete: what is missing is absent, and `problem` says what made it invalid.
Trial derive_trial(const nlohmann::json& record, std::size_t server_cpus);

}  // namespace threadmill::results
