#pragma once
// One subject in one scenario of one run, and the values of its trials. Pure functions; every thread may call
// them.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/rank_row.h"
#include "results/comparison/stability.h"
#include "results/statistics/statistics.h"
#include "results/trial/instrument.h"
#include "results/trial/latency.h"
#include "results/trial/timeline.h"
#include "results/trial/trial.h"

namespace threadmill::results {

/// What limited the trials of a row, as a whole.
enum class RowLimit { unknown, generator, server, schedule, none, mixed };

/// How many of a row's valid trials each thing limited.
struct LimitCounts {
  std::size_t valid = 0;
  std::size_t generator = 0;
  std::size_t server = 0;
  std::size_t schedule = 0;
  std::size_t none = 0;

  void add(const std::optional<load::LimitJudgement>& limit);
};

/// What more than half of the valid trials say; `mixed` when nothing does, `unknown` when no trial tells.
RowLimit limit_of(const LimitCounts& counts);

/// One subject in one scenario of one run. What summarises trials does so over the valid ones only.
struct Row {
  std::size_t run = 0;  ///< index into Comparison::runs
  std::string subject;
  std::string label;  ///< the subject, with its run where several are compared
  bool ceiling = false;
  bool open = false;          ///< requests arrive at a rate, whatever the answers do
  std::string flush;          ///< as the server reported it; "" for a foreign program
  std::vector<Trial> trials;  ///< all of them, invalid ones too, in the order of their repeats
  std::size_t valid = 0;      ///< how many of them count
  LimitCounts limits;
  bool shared_cpus = false;       ///< server and generator ran on the same CPUs: nobody can say who limited
  bool memory_is_growth = false;  ///< of Metric::bytes_per_connection, see Trial
  Warmups warmups;
  ContractCounts contracts;  ///< of all trials, invalid ones too: one that broke a contract is invalid
  Stability stability;       ///< whether its trials agree with each other
  Counts errors;
  Counts integrity;
  PerMetric<Spread> spreads;                                        ///< one value for each valid trial
  std::array<std::optional<Percentiles>, latency_count> latencies;  ///< of the merged histograms
  std::array<std::vector<PercentilePoint>, latency_count> curves;   ///< of the merged histograms
  std::optional<Spread> of_ceiling;  ///< ratios to the ceiling's trial of the same repeat, by the main
                                     ///< metric; absent where either cell is invalid
  Hidden of_ceiling_hidden = Hidden::nothing;
  Timeline timeline;  ///< of the valid trial in the middle by the main metric

  std::vector<RankRow> ranks;  ///< the processes that made the load, where it came from several

  const std::optional<Percentiles>& latency(Latency which) const {
    return latencies[static_cast<std::size_t>(which)];
  }
  const std::vector<PercentilePoint>& curve(Latency which) const {
    return curves[static_cast<std::size_t>(which)];
  }
  /// True when most valid trials were limited by the generator: the server could have done more than the
  /// figure says.
  bool is_generator_bound() const { return limit_of(limits) == RowLimit::generator; }
};

/// Which way the true value of the row's metric may lie from the measured one. In a closed loop a generator
/// that was the limit makes latencies longer: with so many requests under way, one that read answers at once
/// would have had more of them in a second. At a rate that is set it also asked the server for less than it
/// was told to, and nobody knows what the rest would have waited.
Hidden hidden_of(const Row& row, Metric metric);

/// The metric in the valid trials that have it, in the order of their repeats.
std::vector<double> values_of(const Row& row, Metric metric);

/// A number of each repeat that has one.
using ByRepeat = std::map<std::int64_t, double>;

/// The metric in the row's valid trials.
ByRepeat values_by_repeat(const Row& row, Metric metric);

/// first / second where both have the repeat. A quotient of which one side is 0 is 0 or not finite.
ByRepeat ratios_by_repeat(const ByRepeat& first, const ByRepeat& second);

/// first[i] / second[i] for each repeat in which both trials are valid.
std::vector<double> paired_ratios(const Row& first, const Row& second, Metric metric);

}  // namespace threadmill::results
