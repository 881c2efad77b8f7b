#include "results/comparison/crossover.h"

#include <gmock/gmock.h>

#include "trial_records.h"

namespace threadmill::results {
namespace {

using testing::ElementsAre;

/// Rates and latencies of each subject's repeats.
struct CrossoverRow {
  std::string subject;
  std::uint64_t rate;
  std::int64_t latency_ns = 1'000'000;
  std::int64_t last_latency_ns = 0;  ///< of the last repeat, if it is another
  bool full_generator = false;
};

ScenarioComparison scenario_of(const std::vector<CrossoverRow>& rows, int repeats = 3) {
  std::vector<nlohmann::json> trials;
  for (const auto& row : rows) {
    for (int repeat = 0; repeat < repeats; ++repeat) {
      trials.push_back(echo_trial(row.subject, repeat, row.rate));
      const bool other = row.last_latency_ns > 0 && repeat + 1 == repeats;
      auto& load = trials.back()["load"];
      load["latency"]["service_time"] = histogram_of({other ? row.last_latency_ns : row.latency_ns}, 1000);
      if (row.full_generator) load["self"]["busiest_thread"] = 0.99;
    }
  }
  return compare({result_file("run.jsonl", trials)}).scenarios.at(0);
}

CrossoverOutcome outcome_of(const std::vector<CrossoverRow>& rows, int repeats = 3) {
  return judge_crossover(scenario_of(rows, repeats), 0).outcome;
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

// 99 ms and 101 ms are no difference that a next run would have to show.
TEST(JudgeCrossover, WhoBreaksTheLevelInOneRepeatNeitherWinsNorIsOut) {
  const CrossoverRow wavers = {"fork", 500, 99'000'000, 101'000'000};
  const auto ahead = judge_crossover(scenario_of({wavers, {"epoll", 300}}), 0);
  EXPECT_EQ(ahead.outcome, CrossoverOutcome::too_close);
  EXPECT_EQ(ahead.best, "fork");
  EXPECT_TRUE(ahead.violate.empty());
  EXPECT_EQ(outcome_of({wavers, {"epoll", 800}}), CrossoverOutcome::winner) << "it is beaten either way";
  EXPECT_EQ(outcome_of({wavers, {"epoll", 300, 200'000'000}}), CrossoverOutcome::too_close);
}

TEST(JudgeCrossover, TakesAsManyRepeatsAsAnyWinner) {
  const std::vector<CrossoverRow> rows = {{"fork", 500, 200'000'000}, {"epoll", 300}};
  EXPECT_EQ(outcome_of(rows, 2), CrossoverOutcome::not_judged);
  EXPECT_EQ(outcome_of(rows, 3), CrossoverOutcome::winner);
}

TEST(JudgeCrossover, ARivalThatTheGeneratorHeldBackIsNamedSo) {
  const auto cell =
      judge_crossover(scenario_of({{"fork", 500}, {"epoll", 300, 1'000'000, 0, true}, {"thread", 200}}), 0);
  EXPECT_EQ(cell.outcome, CrossoverOutcome::held_back);
  EXPECT_EQ(cell.best, "fork");
  EXPECT_EQ(crossover_outcome_name(cell.outcome), "held back");
}

TEST(JudgeCrossover, SaysThatNobodyKeepsTheLevelOrIsValid) {
  EXPECT_EQ(
      judge_crossover(scenario_of({{"fork", 500, 200'000'000}, {"epoll", 300, 200'000'000}}), 0).outcome,
      CrossoverOutcome::none_keeps);
  auto scenario = scenario_of({{"fork", 500}, {"epoll", 300}});
  for (Row& row : scenario.rows) row.trials[0].integrity = {{"lost", 1}};
  EXPECT_EQ(judge_crossover(scenario, 0).outcome, CrossoverOutcome::invalid);
}

TEST(JudgeCrossover, ALeaderOfWhichNobodyCanSayWhetherItKeepsTheLevelIsNoWinner) {
  auto few = scenario_of({{"fork", 500}, {"epoll", 300}});
  const Metric p99 = latencies()[static_cast<std::size_t>(few.main_latency)].p99;
  few.rows[0].trials[1].values[p99].reset();
  EXPECT_EQ(judge_crossover(few, 0).outcome, CrossoverOutcome::not_judged);
  const CrossoverRow slow_by_the_generator = {"fork", 500, 200'000'000, 0, true};
  const auto cell = judge_crossover(scenario_of({slow_by_the_generator, {"epoll", 300}}), 0);
  EXPECT_EQ(cell.outcome, CrossoverOutcome::held_back);
  EXPECT_TRUE(cell.violate.empty()) << "its answers may have waited for the generator";
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
