// Each outcome of the gate, from staged result files.

#include "results/gate/gate.h"

#include <gmock/gmock.h>

#include "results/gate/ab.h"
#include "tests/results/staged_gate.h"
#include "tests/results/trial_records.h"

namespace threadmill::results {
namespace {

using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kBlocks = 20;

ResultFile one(const std::string& name, CostOf cost, int blocks = kBlocks) {
  return staged_file(name, {{"epoll", std::move(cost)}}, blocks);
}

GateCell judged(const ResultFile& baseline, const ResultFile& candidate, GateOptions options = {}) {
  const auto report = judge_files(baseline, candidate, options);
  EXPECT_EQ(report.cells.size(), 1U);
  EXPECT_EQ(report.outcome(), report.cells.at(0).outcome);
  return report.cells.at(0);
}

TEST(Gate, TheSameCostPasses) {
  const auto cell = judged(one("old.jsonl", noisy(10, 2, 1)), one("new.jsonl", noisy(10, 2, 2)));
  EXPECT_EQ(cell.outcome, GateOutcome::passed) << cell.reason;
  EXPECT_THAT(cell.reason, HasSubstr("below the limit of 5.0 %"));
  EXPECT_THAT(cell.baseline->median, DoubleNear(10, 0.2));
}

TEST(Gate, AMuchHigherCostIsARegression) {
  const auto cell = judged(one("old.jsonl", noisy(10, 2, 1)), one("new.jsonl", noisy(11, 2, 2)));
  EXPECT_EQ(cell.outcome, GateOutcome::regression) << cell.reason;
  EXPECT_NEAR(cell.worsening->ratio, 1.1, 0.02);
}

TEST(Gate, ALowerCostPasses) {
  const auto cell = judged(one("old.jsonl", noisy(10, 2, 1)), one("new.jsonl", noisy(8, 2, 2)));
  EXPECT_EQ(cell.outcome, GateOutcome::passed) << cell.reason;
  EXPECT_THAT(cell.reason, HasSubstr("better"));
}

TEST(Gate, SurelyWorseButBelowTheLimitPasses) {
  const auto cell = judged(one("old.jsonl", noisy(10, 0.5, 1)), one("new.jsonl", noisy(10.2, 0.5, 2)));
  ASSERT_GT(cell.worsening->interval->low, 1);
  EXPECT_EQ(cell.outcome, GateOutcome::passed) << cell.reason;
}

TEST(Gate, TheLimitDecides) {
  const auto baseline = one("old.jsonl", noisy(10, 1, 1));
  const auto candidate = one("new.jsonl", noisy(10.5, 1, 2));
  EXPECT_EQ(judged(baseline, candidate, {.max_regression = 0.03}).outcome, GateOutcome::regression);
  EXPECT_EQ(judged(baseline, candidate, {.max_regression = 0.08}).outcome, GateOutcome::passed);
}

TEST(Gate, NoiseIsInconclusiveAndSaysWhatItWouldNeed) {
  const auto cell =
      judged(one("old.jsonl", noisy(10, 25, 1)), one("new.jsonl", noisy(10, 25, 2)), {.took_s = 40});
  EXPECT_EQ(cell.outcome, GateOutcome::inconclusive) << cell.reason;
  EXPECT_THAT(cell.reason, HasSubstr("blocks of each ("));
  EXPECT_THAT(cell.reason, HasSubstr("would tell"));
}

TEST(Gate, FewBlocksAreTooFew) {
  const auto cell = judged(one("old.jsonl", noisy(10, 1, 1), 2), one("new.jsonl", noisy(13, 1, 2), 2));
  EXPECT_EQ(cell.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(cell.reason, HasSubstr("Too few samples: 2 blocks of the baseline and 2 of the candidate"));
}

TEST(Gate, ASingleRepeatIsNoBlock) {
  auto baseline = one("old.jsonl", noisy(10, 1, 1), 1);
  baseline.trials.resize(1);
  const auto cell = judged(baseline, one("new.jsonl", noisy(10, 1, 2)));
  EXPECT_EQ(cell.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(cell.reason, HasSubstr("there is no whole block"));
}

TEST(Gate, ADifferenceBelowTheNoiseIsNoRegression) {
  // Blocks agree to the last digit, their two repeats do not: the control sees what the samples hide.
  const auto swinging = [](double cost) {
    return [cost](int repeat) { return repeat / 2 % 2 == repeat % 2 ? cost * 1.1 : cost / 1.1; };
  };
  const auto cell = judged(one("old.jsonl", swinging(10)), one("new.jsonl", [&](int repeat) {
                             return repeat / 2 % 2 == repeat % 2 ? 10.7 / 1.1 : 10.7 * 1.1;
                           }));
  ASSERT_GT(cell.worsening->interval->low, 1.05);
  ASSERT_GT(*cell.noise_floor, 0.1);
  EXPECT_EQ(cell.outcome, GateOutcome::inconclusive) << cell.reason;
  EXPECT_THAT(cell.reason, HasSubstr("that noise alone may show"));
}

TEST(Gate, AnInvalidCandidateIsNotJudged) {
  auto candidate = one("new.jsonl", noisy(10, 1, 2));
  candidate.trials[3]["load"]["integrity"]["lost"] = 2;
  const auto cell = judged(one("old.jsonl", noisy(10, 1, 1)), candidate);
  EXPECT_EQ(cell.outcome, GateOutcome::invalid);
  EXPECT_THAT(cell.reason, HasSubstr("Candidate: messages lost or wrong"));
  EXPECT_FALSE(cell.worsening);
}

TEST(Gate, AnInvalidBaselineIsTold) {
  auto baseline = one("old.jsonl", noisy(10, 1, 1));
  EXPECT_THAT(baseline_problems(baseline, {}), IsEmpty());
  baseline.trials[3]["load"]["integrity"]["lost"] = 2;
  EXPECT_THAT(baseline_problems(baseline, {}), ElementsAre(HasSubstr("epoll in echo: messages lost")));
  EXPECT_THAT(baseline_problems(baseline, {.subjects = {"fork"}}), IsEmpty());
}

TEST(Gate, MoreIsWorseOrBetterAsTheMetricHasIt) {
  const auto at_rate = [](const std::string& name, std::uint64_t rate) {
    std::vector<nlohmann::json> trials;
    for (int repeat = 0; repeat < 2 * kBlocks; ++repeat)
      trials.push_back(echo_trial("epoll", repeat, rate + static_cast<std::uint64_t>(repeat)));
    return result_file(name, std::move(trials));
  };
  const GateOptions options{.metrics = {Metric::requests_per_s}};
  const auto slower = judged(at_rate("old.jsonl", 10'000), at_rate("new.jsonl", 9'000), options);
  EXPECT_EQ(slower.outcome, GateOutcome::regression) << slower.reason;
  EXPECT_NEAR(slower.worsening->ratio, 10.0 / 9, 0.01);
  const auto faster = judged(at_rate("old.jsonl", 9'000), at_rate("new.jsonl", 10'000), options);
  EXPECT_EQ(faster.outcome, GateOutcome::passed) << faster.reason;
}

/// A rate of two runs in which the generator, not the server, was full.
ResultFile at_the_generators_limit(const std::string& name, std::vector<std::string> subjects) {
  std::vector<nlohmann::json> trials;
  for (int repeat = 0; repeat < 2 * kBlocks; ++repeat) {
    for (const auto& subject : subjects) {
      trials.push_back(echo_trial(subject, repeat, 10'000 + static_cast<std::uint64_t>(repeat)));
      trials.back()["load"]["self"]["busiest_thread"] = 1.0;
    }
  }
  return result_file(name, std::move(trials));
}

TEST(Gate, ARateThatTheGeneratorSetIsNotJudged) {
  const auto one_of = [](const char* name) { return at_the_generators_limit(name, {"epoll"}); };
  const auto cell = judged(one_of("old.jsonl"), one_of("new.jsonl"), {.metrics = {Metric::requests_per_s}});
  EXPECT_EQ(cell.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(cell.reason, HasSubstr("the load generator was the limit"));
  EXPECT_FALSE(cell.worsening);
  EXPECT_EQ(judged(one_of("old.jsonl"), one_of("new.jsonl")).outcome, GateOutcome::passed) << "CPU time is";
}

TEST(Gate, AValueOfZeroIsInNoProportion) {
  const auto sometimes_nothing = [](int repeat) { return repeat == 7 ? 0.0 : noisy(10, 1, 2)(repeat); };
  for (const auto& [before, after] : {std::pair<CostOf, CostOf>(noisy(10, 1, 1), sometimes_nothing),
                                      {sometimes_nothing, noisy(10, 1, 1)}}) {
    const auto cell = judged(one("old.jsonl", before), one("new.jsonl", after));
    EXPECT_EQ(cell.outcome, GateOutcome::inconclusive);
    EXPECT_THAT(cell.reason, HasSubstr("a value of 0 is in no proportion to anything"));
  }
  const auto file = staged_file("ab.jsonl", {{"epoll", noisy(10, 1, 1)}, {"fork", sometimes_nothing}}, 12);
  const auto ab = judge_ab(file, "epoll", "fork", {Metric::cpu_us_per_request}, 0.02);
  EXPECT_THAT(ab.metrics.at(0).spoiled_by, HasSubstr("fork: a value of 0"));
  EXPECT_FALSE(ab.metrics.at(0).better());
}

TEST(Ab, NobodyWinsByARateThatTheGeneratorSet) {
  const auto report = judge_ab(at_the_generators_limit("ab.jsonl", {"epoll", "fork"}), "epoll", "fork",
                               {Metric::requests_per_s, Metric::cpu_us_per_request}, 0.02);
  ASSERT_EQ(report.metrics.size(), 2U);
  EXPECT_EQ(report.metrics[0].spoiled_by, "epoll: the load generator was the limit");
  EXPECT_FALSE(report.metrics[0].contrast.ratio);
  EXPECT_TRUE(report.metrics[1].contrast.ratio);
}

TEST(Gate, TheYardstickCancelsWhatTheMachineDid) {
  const auto slow = [](double factor, std::uint64_t seed, double epoll) {
    return std::vector<StagedSubject>{{"epoll", noisy(epoll * factor, 1, seed)},
                                      {"bare-epoll", noisy(5 * factor, 1, seed + 100)}};
  };
  const auto baseline = staged_file("old.jsonl", slow(1, 1, 10), kBlocks);
  const auto same = judge_files(baseline, staged_file("new.jsonl", slow(1.04, 2, 10), kBlocks), {});
  ASSERT_EQ(same.cells.size(), 1U) << "the yardstick is no cell";
  EXPECT_EQ(same.outcome(), GateOutcome::passed) << same.cells[0].reason;
  EXPECT_NEAR(same.cells[0].yardstick->ratio, 1.04, 0.01);
  for (const double factor : {1.3, 0.7}) {
    const auto moved = judge_files(baseline, staged_file("new.jsonl", slow(factor, 2, 10), kBlocks), {});
    EXPECT_EQ(moved.outcome(), GateOutcome::inconclusive) << moved.cells[0].reason;
    EXPECT_THAT(moved.cells[0].reason, HasSubstr("The yardstick changed by "));
    EXPECT_THAT(moved.cells[0].reason, HasSubstr("--baseline PROGRAM"));
    EXPECT_EQ(moved.cells[0].doubt, GateDoubt::yardstick);
  }
  const auto worse = judge_files(baseline, staged_file("new.jsonl", slow(0.7, 2, 11), kBlocks), {});
  EXPECT_EQ(worse.outcome(), GateOutcome::regression) << worse.cells[0].reason;
}

TEST(Gate, WithoutAYardstickInBothThereIsNone) {
  const auto cell =
      judged(staged_file("old.jsonl", {{"epoll", noisy(10, 1, 1)}, {"bare-epoll", noisy(5, 1, 3)}}, 20),
             one("new.jsonl", noisy(10, 1, 2)));
  EXPECT_FALSE(cell.yardstick);
  EXPECT_EQ(cell.outcome, GateOutcome::passed) << cell.reason;
}

TEST(Gate, SaysThatThereIsNoYardstickInBoth) {
  const auto with = [](const char* name) {
    return staged_file(name, {{"epoll", noisy(10, 1, 1)}, {"bare-epoll", noisy(5, 1, 3)}}, kBlocks);
  };
  const auto said = HasSubstr(
      "not both files have a yardstick (bare-epoll) that counts: the machine's drift is in the figures");
  EXPECT_THAT(judge_files(with("old.jsonl"), one("new.jsonl", noisy(10, 1, 2)), {}).warnings,
              ElementsAre(said));
  EXPECT_THAT(judge_files(with("old.jsonl"), with("new.jsonl"), {}).warnings, IsEmpty());
  EXPECT_THAT(judge_side_by_side(with("live.jsonl"), {{"epoll", "epoll"}}, {}).warnings, IsEmpty());
}

TEST(Gate, TheYardstickIsForCpuTimeOnly) {
  const auto at_rate = [](const char* name, std::uint64_t yardstick) {
    std::vector<nlohmann::json> trials;
    for (int repeat = 0; repeat < 2 * kBlocks; ++repeat) {
      trials.push_back(echo_trial("epoll", repeat, 10'000 + static_cast<std::uint64_t>(repeat)));
      trials.push_back(echo_trial("bare-epoll", repeat, yardstick + static_cast<std::uint64_t>(repeat)));
    }
    return result_file(name, std::move(trials));
  };
  const auto cell = judged(at_rate("old.jsonl", 20'000), at_rate("new.jsonl", 30'000),
                           {.metrics = {Metric::requests_per_s}});
  EXPECT_FALSE(cell.yardstick);
  EXPECT_EQ(cell.outcome, GateOutcome::passed) << cell.reason;
}

TEST(Gate, AYardstickThatUsedNoTimeIsNone) {
  const auto cost = [](int repeat) { return repeat == 5 ? 0.0 : 5.0 + 0.01 * repeat; };
  const auto file = [&](const char* name) {
    return staged_file(name, {{"epoll", noisy(10, 1, 1)}, {"bare-epoll", cost}}, kBlocks);
  };
  const auto report = judge_files(file("old.jsonl"), file("new.jsonl"), {});
  EXPECT_FALSE(report.cells.at(0).yardstick);
  EXPECT_EQ(report.cells.at(0).worsening->second_count, static_cast<std::size_t>(kBlocks));
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("yardstick")));
}

ResultFile disturbed(ResultFile file, int trials) {
  for (auto& trial : file.trials) {
    if (trial["repeat"] < trials) trial["machine"] = {{"others_cpu_percent", 30.0}};
  }
  return file;
}

TEST(Gate, MostlyDisturbedRunsSayNothingWithoutAYardstick) {
  const auto baseline = one("old.jsonl", noisy(10, 1, 1));
  for (const double cost : {10.0, 12.0}) {
    const auto candidate = disturbed(one("new.jsonl", noisy(cost, 1, 2)), kBlocks + 1);
    const auto cell = judged(baseline, candidate);
    EXPECT_EQ(cell.outcome, GateOutcome::inconclusive);
    EXPECT_THAT(cell.reason, HasSubstr("21 of 40 trials of the candidate were disturbed"));
    EXPECT_EQ(cell.doubt, GateDoubt::figures);
  }
  EXPECT_EQ(judged(baseline, disturbed(one("new.jsonl", noisy(10, 1, 2)), kBlocks)).outcome,
            GateOutcome::passed);
  const auto yardsticked = [](const char* name, std::uint64_t seed) {
    return disturbed(
        staged_file(name, {{"epoll", noisy(10, 1, seed)}, {"bare-epoll", noisy(5, 1, seed + 9)}}, kBlocks),
        2 * kBlocks);
  };
  EXPECT_EQ(judged(yardsticked("old.jsonl", 1), yardsticked("new.jsonl", 2)).outcome, GateOutcome::passed);
}

TEST(Gate, AnotherLoadIsAnotherExperiment) {
  auto candidate = one("new.jsonl", noisy(10, 1, 2));
  candidate.scenarios[0]["load"]["connections"] = 11;
  const auto report = judge_files(one("old.jsonl", noisy(10, 1, 1)), candidate, {});
  ASSERT_EQ(report.cells.size(), 1U);
  EXPECT_TRUE(report.cells[0].only_in_baseline);
  EXPECT_EQ(report.outcome(), GateOutcome::inconclusive) << "nothing was judged";
  EXPECT_THAT(report.cells[0].reason, HasSubstr("not the same experiment in both: connections is 10 and 11"));
}

TEST(Gate, ASubjectThatOnlyTheBaselineHasIsInconclusive) {
  const auto baseline =
      staged_file("old.jsonl", {{"epoll", noisy(10, 1, 1)}, {"fork", noisy(20, 1, 3)}}, kBlocks);
  const auto candidate = one("new.jsonl", noisy(10, 1, 2));
  const auto report = judge_files(baseline, candidate, {});
  ASSERT_EQ(report.cells.size(), 2U);
  EXPECT_EQ(report.cells[0].outcome, GateOutcome::passed) << report.cells[0].reason;
  EXPECT_EQ(report.cells[1].subject, "fork");
  EXPECT_EQ(report.cells[1].outcome, GateOutcome::inconclusive);
  EXPECT_THAT(report.cells[1].reason, HasSubstr("only in old"));
  EXPECT_EQ(report.outcome(), GateOutcome::inconclusive);
  EXPECT_EQ(judge_files(baseline, candidate, {.subjects = {"epoll"}}).outcome(), GateOutcome::passed);
  EXPECT_EQ(judge_files(candidate, baseline, {}).outcome(), GateOutcome::passed) << "more than asked";
}

TEST(Gate, JudgesOnlyWhatIsAskedFor) {
  const auto file = [](const std::string& name) {
    return staged_file(name, {{"epoll", noisy(10, 1, 1)}, {"fork", noisy(20, 1, 2)}}, kBlocks);
  };
  const auto report = judge_files(file("old.jsonl"), file("new.jsonl"), {.subjects = {"fork"}});
  ASSERT_EQ(report.cells.size(), 1U);
  EXPECT_EQ(report.cells[0].subject, "fork");
  EXPECT_THAT(judge_files(file("old.jsonl"), file("new.jsonl"), {.scenarios = {"other"}}).cells, IsEmpty());
}

TEST(Gate, SideBySideJudgesPairs) {
  const auto file =
      staged_file("live.jsonl", {{"epoll@old", noisy(10, 1, 1)}, {"epoll", noisy(11, 1, 2)}}, 12);
  const auto report = judge_side_by_side(file, {{"epoll@old", "epoll"}}, {});
  ASSERT_EQ(report.cells.size(), 1U);
  EXPECT_EQ(report.cells[0].subject, "epoll");
  EXPECT_EQ(report.cells[0].worsening->pairing, Pairing::paired);
  EXPECT_EQ(report.cells[0].worsening->first_count, 12U);
  EXPECT_EQ(report.outcome(), GateOutcome::regression) << report.cells[0].reason;
  const auto reverse = judge_side_by_side(file, {{"epoll", "epoll@old"}}, {});
  EXPECT_EQ(reverse.outcome(), GateOutcome::passed) << reverse.cells[0].reason;
}

TEST(Gate, WarnsOfWhatBothRunsDidNotHaveAlike) {
  auto candidate = one("new.jsonl", noisy(10, 1, 2));
  candidate.header["environment"]["governor"] = "powersave";
  auto baseline = one("old.jsonl", noisy(10, 1, 1));
  baseline.header["environment"]["governor"] = "performance";
  const auto report = judge_files(baseline, candidate, {});
  EXPECT_EQ(report.outcome(), GateOutcome::passed);
  EXPECT_THAT(report.warnings,
              Contains(HasSubstr("performance in the baseline, powersave in the candidate")));
}

TEST(Gate, TheWorstCellIsTheReports) {
  GateReport report;
  report.cells.resize(3);
  report.cells[0].outcome = report.cells[1].outcome = report.cells[2].outcome = GateOutcome::passed;
  EXPECT_EQ(report.outcome(), GateOutcome::passed);
  report.cells[1].outcome = GateOutcome::inconclusive;
  EXPECT_EQ(report.outcome(), GateOutcome::inconclusive);
  report.cells[2].outcome = GateOutcome::regression;
  EXPECT_EQ(report.outcome(), GateOutcome::regression);
  report.cells[0].outcome = GateOutcome::invalid;
  EXPECT_EQ(report.outcome(), GateOutcome::invalid);
}

}  // namespace
}  // namespace threadmill::results
