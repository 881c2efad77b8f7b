#pragma once
// One experiment as it was run, and who won it.

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "results/comparison/published.h"
#include "results/comparison/row.h"

namespace threadmill::results {

/// How many repeats two subjects must share before one may win. Were they equally fast, one would be ahead in
/// all of n repeats with probability 2^(1-n).
inline constexpr std::size_t fewest_pairs = 3;

/// A subject's place in a ranking.
struct Place {
  std::string subject;
  double share = 0;  ///< of the leader's figure: the median over the same repeats
  Hidden hidden = Hidden::nothing;
};

/// Who was fastest among the models and peers of one run (a ceiling does not compete), by the main metric.
/// Ahead of a rival: the 95 % interval of their ratio, repeat by repeat, lies above 1; with fewer repeats
/// than such an interval takes (6), in every repeat.
struct Verdict {
  enum class Kind {
    nothing_to_compare,  ///< fewer than two subjects have cells that are not invalid
    too_few_repeats,     ///< fewer than fewest_pairs: no way to tell a difference from noise
    too_close,           ///< the leader is not surely ahead of `not_beaten`
    held_back,           ///< it is of all that it can be held against, but the generator limited `held_back`
    winner,
  };
  Kind kind = Kind::nothing_to_compare;
  std::size_t run = 0;
  std::string leader;             ///< highest median
  std::string runner_up;          ///< second highest median
  std::optional<Spread> ratio;    ///< leader / runner-up over the trials of the same repeat
  std::size_t repeats_ahead = 0;  ///< repeats in which that ratio is above 1
  /// The highest share first. A rival that was not beaten may have more than 1, and then stands before the
  /// leader.
  std::vector<Place> ranking;
  std::vector<std::string> not_beaten;  ///< rivals that it is not surely ahead of
  std::vector<std::string> held_back;   ///< rivals that the generator limited: they could have done more than
                                        ///< was measured, so nobody can say who is faster
  std::vector<std::string> left_out;    ///< subjects whose cells are invalid (results/comparison/cell.h)
  Hidden ratio_hidden = Hidden::nothing;  ///< what the generator hid of `ratio`
};

/// What a scenario says that it is a test of.
struct Behaviour {
  std::string name;
  std::string calm;              ///< the scenario whose figure it is held against; may be empty
  std::optional<Metric> metric;  ///< that figure
  double held_within = 1;        ///< the part of it that has to be kept
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
  nlohmann::json conditions;  ///< what else was asked for: options, a fault, a network; null: nothing
  /// Between generator and server, as in the scenario; nullptr: the loopback.
  const nlohmann::json* network() const;
  std::optional<Behaviour> behaviour;                 ///< what it is a test of, where it says so
  std::map<std::string, std::string> not_applicable;  ///< subjects that could not take part, with the reason
};

/// From a scenario's record: all but rows and what is derived from them.
ScenarioComparison describe_scenario(const nlohmann::json& record);

/// The row of the subject in that run, or nullptr.
const Row* find_row(const ScenarioComparison& scenario, std::size_t run, std::string_view subject);

/// What a comparison shows when nobody said what: the cost, the main metric (but not where a schedule sets
/// it), and the main latency.
std::vector<Metric> telling_metrics(const ScenarioComparison& scenario);

}  // namespace threadmill::results
