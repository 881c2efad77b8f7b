#include "results/comparison/crossover.h"

#include <gmock/gmock.h>

#include "trial_records.h"

namespace threadmill::results {
namespace {

using testing::ElementsAre;

/// Rates of each subject's three repeats.
struct CrossoverRow {
  std::string subject;
  std::uint64_t rate;
  std::int64_t latency_ns = 1'000'000;
};

ScenarioComparison scenario_of(const std::vector<CrossoverRow>& rows) {
  std::vector<nlohmann::json> trials;
  for (const auto& row : rows) {
    for (int repeat = 0; repeat < 3; ++repeat) {
      trials.push_back(echo_trial(row.subject, repeat, row.rate));
      trials.back()["load"]["latency"]["service_time"] = histogram_of({row.latency_ns});
    }
  }
  return compare({result_file("run.jsonl", trials)}).scenarios.at(0);
}

TEST(JudgeCrossover, TheFastestOfThoseThatKeepTheServiceLevelWins) {
  const auto cell = judge_crossover(
      scenario_of({{"bare-epoll", 900}, {"fork", 500, 200'000'000}, {"epoll", 300}, {"thread", 200}}), 0);
  EXPECT_EQ(cell.outcome, CrossoverOutcome::winner);
  EXPECT_EQ(cell.best, "epoll");
  EXPECT_THAT(cell.violate, ElementsAre("fork"));
}

TEST(JudgeCrossover, WhoAloneKeepsTheServiceLevelWins) {
  const auto cell = judge_crossover(scenario_of({{"fork", 500, 200'000'000}, {"epoll", 300}}), 0);
  EXPECT_EQ(cell.outcome, CrossoverOutcome::winner);
  EXPECT_EQ(cell.best, "epoll");
}

TEST(JudgeCrossover, EqualRivalsAreTooClose) {
  const auto cell = judge_crossover(scenario_of({{"fork", 300}, {"epoll", 300}}), 0);
  EXPECT_EQ(cell.outcome, CrossoverOutcome::too_close);
}

TEST(JudgeCrossover, SaysThatNobodyKeepsTheLevelOrIsValid) {
  EXPECT_EQ(
      judge_crossover(scenario_of({{"fork", 500, 200'000'000}, {"epoll", 300, 200'000'000}}), 0).outcome,
      CrossoverOutcome::none_keeps);
  auto scenario = scenario_of({{"fork", 500}, {"epoll", 300}});
  for (Row& row : scenario.rows) row.trials[0].integrity = {{"lost", 1}};
  EXPECT_EQ(judge_crossover(scenario, 0).outcome, CrossoverOutcome::invalid);
}

TEST(JudgeCrossover, OneSubjectAloneIsNotJudged) {
  EXPECT_EQ(judge_crossover(scenario_of({{"epoll", 300}}), 0).outcome, CrossoverOutcome::not_judged);
}

TEST(JudgeCrossover, WhereARateIsSetTheCheapestWins) {
  auto scenario = scenario_of({{"fork", 500}, {"epoll", 300}});
  scenario.steady_metric = Metric::cpu_us_per_request;  // the same CPU time for more requests
  const auto cell = judge_crossover(scenario, 0);
  EXPECT_EQ(cell.outcome, CrossoverOutcome::winner);
  EXPECT_EQ(cell.best, "fork");
}

}  // namespace
}  // namespace threadmill::results
