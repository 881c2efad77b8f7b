#pragma once
// From the trials of result files to the numbers that a report shows. The only place that derives numbers:
// views format what they find here. Pure functions; every thread may call them.

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/comparison/quietness.h"
#include "results/comparison/stability.h"
#include "results/file/facts.h"
#include "results/file/store.h"
#include "results/statistics/statistics.h"
#include "results/study/study.h"
#include "results/sweep/sweep.h"
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
  Timeline timeline;                 ///< of the valid trial in the middle by the main metric

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

/// How many repeats two subjects must share before one may win. Were they equally fast, one would be ahead in
/// all of n repeats with probability 2^(1-n).
inline constexpr std::size_t fewest_pairs = 3;

/// Who was fastest among the models and peers of one run (a ceiling does not compete), by the main metric.
struct Verdict {
  enum class Kind {
    nothing_to_compare,  ///< fewer than two subjects have cells that are not invalid
    too_few_repeats,     ///< fewer than fewest_pairs: no way to tell a difference from noise
    too_close,           ///< the leader's trials do not all beat those of `not_beaten`
    held_back,           ///< they beat all of those, but the generator limited `held_back`
    winner,
  };
  Kind kind = Kind::nothing_to_compare;
  std::size_t run = 0;
  std::string leader;           ///< highest median
  std::string runner_up;        ///< second highest median
  std::optional<Spread> ratio;  ///< leader / runner-up over the trials of the same repeat
  std::vector<std::pair<std::string, double>> ranking;  ///< fastest first: subject, its share of the leader's
                                                        ///< figure (median over the same repeats)
  std::vector<std::string> not_beaten;                  ///< rivals that some repeat puts on the other side
  std::vector<std::string> held_back;  ///< rivals that the generator limited: they could have done more than
                                       ///< was measured, so nobody can say who is faster
  std::vector<std::string> left_out;   ///< subjects whose cells are invalid (results/comparison/cell.h)
  bool at_least = false;  ///< the leader was limited by the generator: it wins by this or by more
};

struct PublishedFigure {
  std::string subject;
  std::string metric;
  double value = 0;
  bool approximate = false;
};

struct Published {
  std::string source;
  std::string machine;
  std::vector<PublishedFigure> figures;
};

/// One experiment as it was run, in one run or in several that ran the very same one.
struct ScenarioComparison {
  std::string name;
  std::string title;
  std::string question;
  nlohmann::json load;  ///< the load plan
  bool pubsub = false;
  bool open = false;                              ///< requests arrive at a rate, whatever the answers do
  bool paced = false;                             ///< open, or with time to think
  Metric main_metric = Metric::requests_per_s;    ///< deliveries_per_s for pubsub
  Metric steady_metric = Metric::requests_per_s;  ///< by which the trials of a row are held against each
                                                  ///< other: the main one or, at a set rate, CPU time
  Latency main_latency = Latency::service;        ///< what a user of the server would feel
  std::vector<Row> rows;                          ///< in the order of the scenario's subjects
  std::optional<Spread> window_s;                 ///< over the valid trials of all rows: draining included
  std::vector<Verdict> verdicts;                  ///< one for each run that has trials
  std::optional<Published> published;
};

struct Run {
  std::string label;  ///< the file's name without extension, made unique
  std::string file;   ///< the file's name without its folder
  std::string created;
  std::string version;  ///< of the tool, with its commit
  std::vector<std::string> arguments;
  std::uint64_t seed = 0;
  std::string kind;                ///< the verb that wrote the file: "run", "ab", "gate", "study" or "sweep"
  std::optional<Study> study;      ///< which it is of, where it is of one
  std::int64_t repeats = 0;        ///< of each trial; of a sweep: searches; 0 where blocks were run
  std::size_t blocks = 0;          ///< of ab and gate
  std::string instrument_problem;  ///< see instrument_problem(); empty where the instrument can be trusted
  std::vector<Fact> environment;
  std::vector<Fact> fairness;
  bool complete = false;              ///< the file ends with a complete run
  std::vector<std::string> warnings;  ///< of reading it
  std::size_t trials = 0;
  std::size_t invalid_trials = 0;
  std::size_t disturbed_trials = 0;
  std::vector<Disturbance> quietness;  ///< what else the machine did, over all trials
};

struct Comparison {
  std::vector<Run> runs;
  std::vector<ScenarioComparison> scenarios;
  std::vector<Sweep> sweeps;
};

Comparison compare(const std::vector<ResultFile>& files);

/// The row of the subject in that run, or nullptr.
const Row* find_row(const ScenarioComparison& scenario, std::size_t run, std::string_view subject);

/// The value of a published figure's metric that this project measures ("requests_per_s", "messages_per_s",
/// "seconds_per_1000_messages", "cpu_percent", "cpu_percent_max", "memory_mib_max"), in the unit of the
/// published figure, or nothing. A message that was acknowledged counts: in a closed loop as many reach every
/// subscriber, but for those under way at the end.
std::optional<Spread> ours_beside(const Row& row, std::string_view published_metric);

/// What a comparison shows when nobody said what: the cost, the main metric (but not where a schedule sets
/// it), and the main latency.
std::vector<Metric> telling_metrics(const ScenarioComparison& scenario);

/// first[i] / second[i] for each repeat in which both trials are valid.
std::vector<double> paired_ratios(const Row& first, const Row& second, Metric metric);

}  // namespace threadmill::results
