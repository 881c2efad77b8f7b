#include "results/comparison/against.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "results/comparison/cell.h"
#include "results/comparison/winner.h"
#include "results/statistics/statistics.h"

namespace threadmill::results {
namespace {

/// What is told of each rival; at a set rate all do the same, so that the rate tells nothing.
std::vector<Metric> metrics_against(const ScenarioComparison& scenario) {
  std::vector<Metric> chosen;
  if (!scenario.open) chosen.push_back(scenario.main_metric);
  chosen.push_back(scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request);
  chosen.push_back(latencies()[static_cast<std::size_t>(scenario.main_latency)].p99);
  return chosen;
}

/// Who is first in that run; "" where nobody is.
std::string leader_of(const ScenarioComparison& scenario, std::size_t run) {
  for (const Verdict& verdict : scenario.verdicts)
    if (verdict.run == run) return verdict.leader;
  return judge(scenario.rows, run, scenario.steady_metric).leader;
}

bool is_latency(Metric metric) { return traits_of(metric).name.ends_with("_ns"); }

class RatiosToLeader {
 public:
  RatiosToLeader(const Row& leader, const Run& run) : leader_(leader), run_(run) {}

  AgainstRatio of(const Row& rival, Metric metric) const {
    AgainstRatio against;
    against.metric = metric;
    against.hidden = hidden_of_ratio(hidden_of(rival, metric), hidden_of(leader_, metric));
    set_ratio(against, rival);
    if (against.ratio) decide(against, rival);
    return against;
  }

 private:
  void set_ratio(AgainstRatio& against, const Row& rival) const {
    const auto ratios = paired_ratios(rival, leader_, against.metric);
    if (is_latency(against.metric) && !run_.instrument_problem.empty()) {
      against.reason = "the self-test says that the latencies of this run are not to be trusted";
    } else if (ratios.empty()) {
      against.reason = "no repeat has a valid trial of both with that figure";
    } else if (std::any_of(ratios.begin(), ratios.end(), [](double ratio) { return !(ratio > 0); })) {
      against.reason = "a value of 0 is in no proportion to anything";
    } else {
      against.ratio = ratio_of_pairs(ratios);
      against.bounds = against.ratio->interval ? against.ratio->interval : range_of(ratios);
    }
  }

  /// What as few repeats as may make a winner say; the smallest and the largest enclose the median too, but
  /// less surely.
  static std::optional<Interval> range_of(const std::vector<double>& ratios) {
    if (ratios.size() < fewest_pairs) return std::nullopt;
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    return Interval{*least, *most, range_confidence(ratios.size())};
  }

  void decide(AgainstRatio& against, const Row& rival) const {
    if (!against.bounds) {
      against.reason = fmt::format("too few repeats: it takes {}", fewest_pairs);
      return;
    }
    const bool above = against.bounds->low > 1, below = against.bounds->high < 1;
    if (!above && !below) {
      against.reason = against.is_sure() ? "the interval does not lie on one side of 1"
                                         : "the repeats do not all lie on one side of 1";
    } else if (may_turn(against.hidden, above ? against.bounds->low : against.bounds->high)) {
      against.reason = fmt::format("the load generator held {} back", held_back(rival));
    } else {
      const bool more_is_better = traits_of(against.metric).better == Better::more;
      against.position = above == more_is_better ? Position::ahead : Position::behind;
    }
  }

  std::string held_back(const Row& rival) const {
    std::vector<std::string> names;
    for (const Row* row : {&rival, &leader_})
      if (row->is_generator_bound()) names.push_back(row->subject);
    return fmt::format("{}", fmt::join(names, " and "));
  }

  const Row& leader_;
  const Run& run_;
};

/// All but the leader and ceilings.
std::vector<Rival> rivals_of(const ScenarioComparison& scenario, const Against& against, const Run& run) {
  const RatiosToLeader to_leader(*against.leader, run);
  std::vector<Rival> rivals;
  for (const Row& row : scenario.rows) {
    if (row.run != against.run || row.ceiling || &row == against.leader) continue;
    Rival rival{&row, {}};
    if (is_comparable(row))
      for (const Metric metric : against.metrics) rival.ratios.push_back(to_leader.of(row, metric));
    rivals.push_back(std::move(rival));
  }
  return rivals;
}

bool has_ratio(const Rival& rival) {
  return std::any_of(rival.ratios.begin(), rival.ratios.end(),
                     [](const AgainstRatio& against) { return against.ratio.has_value(); });
}

}  // namespace

std::vector<Against> against_leaders(const Comparison& comparison, const ScenarioComparison& scenario) {
  std::vector<Against> all;
  for (std::size_t run = 0; run < comparison.runs.size(); ++run) {
    Against against;
    against.run = run;
    against.leader = find_row(scenario, run, leader_of(scenario, run));
    if (against.leader == nullptr) continue;
    against.ranked_by = scenario.open ? scenario.steady_metric : scenario.main_metric;
    against.metrics = metrics_against(scenario);
    against.rivals = rivals_of(scenario, against, comparison.runs[run]);
    if (std::any_of(against.rivals.begin(), against.rivals.end(), has_ratio))
      all.push_back(std::move(against));
  }
  return all;
}

std::string_view position_name(Position position) {
  constexpr std::array<std::string_view, 3> names = {"ahead", "behind", "cannot be told"};
  return names[static_cast<std::size_t>(position)];
}

}  // namespace threadmill::results
