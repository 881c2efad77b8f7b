#include "results/comparison/winner.h"

#include <gmock/gmock.h>

#include "trial_records.h"

namespace threadmill::results {
namespace {

using testing::ElementsAre;

/// Requests/s of a subject, one for each repeat.
struct Measured {
  std::string subject;
  std::vector<std::uint64_t> rates;
};

std::vector<Row> rows_of(const std::vector<Measured>& all) {
  std::vector<nlohmann::json> trials;
  for (const auto& one : all) {
    for (std::size_t repeat = 0; repeat < one.rates.size(); ++repeat) {
      trials.push_back(echo_trial(one.subject, static_cast<int>(repeat), one.rates[repeat]));
    }
  }
  return compare({result_file("run.jsonl", trials)}).scenarios.at(0).rows;
}

Verdict verdict_of(const std::vector<Measured>& all) {
  return judge(rows_of(all), 0, Metric::requests_per_s);
}

TEST(Judge, AWinnerIsAheadInEveryRepeat) {
  const Verdict verdict =
      verdict_of({{"fork", {100, 110, 100}}, {"epoll", {150, 220, 160}}, {"thread", {50, 50, 50}}});
  EXPECT_EQ(verdict.kind, Verdict::Kind::winner);
  EXPECT_EQ(verdict.leader, "epoll");
  EXPECT_EQ(verdict.runner_up, "fork");
  EXPECT_DOUBLE_EQ(verdict.ratio->median, 1.6);  // of 1.5, 2.0 and 1.6, whatever the medians of both are
  EXPECT_DOUBLE_EQ(verdict.ratio->min, 1.5);
  EXPECT_DOUBLE_EQ(verdict.ratio->max, 2.0);
  ASSERT_EQ(verdict.ranking.size(), 3U);
  EXPECT_EQ(verdict.ranking.back().subject, "thread");
}

TEST(Judge, WithManyRepeatsTheIntervalDecidesAndNotTheWorstOne) {
  const std::vector<std::uint64_t> fork(12, 100);
  const std::vector<std::uint64_t> epoll = {150, 152, 148, 151, 149, 153, 147, 150, 152, 148, 151, 99};
  const Verdict verdict = verdict_of({{"fork", fork}, {"epoll", epoll}});
  EXPECT_EQ(verdict.kind, Verdict::Kind::winner);
  EXPECT_EQ(verdict.repeats_ahead, 11U);
}

TEST(Judge, AnIntervalThatReachesOverOneIsTooCloseToCall) {
  const std::vector<std::uint64_t> fork(6, 100);
  EXPECT_EQ(verdict_of({{"fork", fork}, {"epoll", {150, 151, 152, 153, 154, 99}}}).kind,
            Verdict::Kind::too_close);
}

TEST(Judge, OneRepeatOnTheOtherSideIsTooCloseToCall) {
  const Verdict verdict = verdict_of({{"fork", {100, 100, 100}}, {"epoll", {150, 150, 99}}});
  EXPECT_EQ(verdict.kind, Verdict::Kind::too_close);
  EXPECT_THAT(verdict.not_beaten, ElementsAre("fork"));
}

// The highest median, 110, is epoll's; but fork is ahead in two of three repeats.
TEST(Judge, ARivalThatIsAheadRepeatByRepeatStandsBeforeTheLeaderAndIsUndecided) {
  const Verdict verdict =
      verdict_of({{"fork", {101, 120, 105}}, {"epoll", {100, 110, 140}}, {"thread", {50, 50, 50}}});
  EXPECT_EQ(verdict.leader, "epoll");
  EXPECT_EQ(verdict.kind, Verdict::Kind::too_close);
  ASSERT_EQ(verdict.ranking.size(), 3U);
  EXPECT_EQ(verdict.ranking[0].subject, "fork");
  EXPECT_DOUBLE_EQ(verdict.ranking[0].share, 1.01);
  EXPECT_EQ(verdict.ranking[1].subject, "epoll");
  EXPECT_DOUBLE_EQ(verdict.ranking[1].share, 1);
  EXPECT_TRUE(is_undecided(verdict, "fork"));
  EXPECT_FALSE(is_undecided(verdict, "epoll")) << "it is the measure";
  EXPECT_FALSE(is_undecided(verdict, "thread"));
}

TEST(Judge, EqualTrialsAreTooCloseToCall) {
  EXPECT_EQ(verdict_of({{"fork", {100, 100, 100}}, {"epoll", {100, 100, 100}}}).kind,
            Verdict::Kind::too_close);
}

TEST(Judge, AThirdSubjectThatOvertookTheLeaderOnceIsNotBeatenEither) {
  const Verdict verdict =
      verdict_of({{"epoll", {200, 200, 200}}, {"fork", {150, 150, 150}}, {"thread", {100, 100, 300}}});
  EXPECT_EQ(verdict.kind, Verdict::Kind::too_close);
  EXPECT_THAT(verdict.not_beaten, ElementsAre("thread"));
}

TEST(Judge, TheCeilingDoesNotCompete) {
  const Verdict verdict =
      verdict_of({{"bare-epoll", {900, 900}}, {"epoll", {150, 150}}, {"fork", {100, 100}}});
  EXPECT_EQ(verdict.leader, "epoll");
}

TEST(Judge, TwoRepeatsAndOneSubjectSayNothing) {
  EXPECT_EQ(verdict_of({{"fork", {100, 100}}, {"epoll", {900, 900}}}).kind, Verdict::Kind::too_few_repeats);
  EXPECT_EQ(verdict_of({{"fork", {100, 100}}}).kind, Verdict::Kind::nothing_to_compare);
  EXPECT_EQ(judge({}, 0, Metric::requests_per_s).kind, Verdict::Kind::nothing_to_compare);
}

TEST(Judge, NothingBeatsARivalThatTheGeneratorHeldBack) {
  auto rows = rows_of({{"fork", {100, 100, 100}}, {"epoll", {150, 150, 150}}});
  rows[0].limits = {3, 3, 0, 0, 0};
  const Verdict verdict = judge(rows, 0, Metric::requests_per_s);
  EXPECT_EQ(verdict.kind, Verdict::Kind::held_back);
  EXPECT_THAT(verdict.held_back, ElementsAre("fork"));
  EXPECT_THAT(verdict.not_beaten, testing::IsEmpty());
  rows[0].limits = {3, 0, 0, 0, 3};
  rows[1].limits = {3, 3, 0, 0, 0};
  EXPECT_EQ(judge(rows, 0, Metric::requests_per_s).kind, Verdict::Kind::winner);
  EXPECT_EQ(judge(rows, 0, Metric::requests_per_s).ratio_hidden, Hidden::more);
}

TEST(Judge, SharesOfALeaderThatTheGeneratorHeldBackAreAtMost) {
  auto rows = rows_of({{"fork", {100, 100, 100}}, {"epoll", {150, 150, 150}}});
  const auto hidden_of_fork = [&] { return judge(rows, 0, Metric::requests_per_s).ranking.at(1).hidden; };
  EXPECT_EQ(hidden_of_fork(), Hidden::nothing);
  rows[1].limits = {3, 3, 0, 0, 0};
  EXPECT_EQ(hidden_of_fork(), Hidden::less);
  rows[0].limits = {3, 3, 0, 0, 0};
  EXPECT_EQ(hidden_of_fork(), Hidden::either);
  rows[1].limits = {3, 0, 3, 0, 0};
  EXPECT_EQ(hidden_of_fork(), Hidden::more);
  EXPECT_EQ(judge(rows, 0, Metric::requests_per_s).ranking.at(0).hidden, Hidden::nothing)
      << "the leader is 1";
}

TEST(Judge, WhoeverWasNotHeldBackAndNotBeatenMakesItTooCloseStill) {
  auto rows = rows_of({{"fork", {100, 100, 100}}, {"thread", {149, 151, 149}}, {"epoll", {150, 150, 150}}});
  rows[0].limits = {3, 3, 0, 0, 0};
  const Verdict verdict = judge(rows, 0, Metric::requests_per_s);
  EXPECT_EQ(verdict.kind, Verdict::Kind::too_close);
  EXPECT_THAT(verdict.not_beaten, ElementsAre("thread"));
  EXPECT_THAT(verdict.held_back, ElementsAre("fork"));
}

TEST(Judge, OfACostTheLowestLeadsWhoeverTheGeneratorHeldBack) {
  auto rows = rows_of({{"fork", {100, 100, 100}}, {"epoll", {160, 160, 160}}});  // of the same CPU time
  rows[0].limits = {3, 3, 0, 0, 0};
  const Verdict verdict = judge(rows, 0, Metric::cpu_us_per_request);
  EXPECT_EQ(verdict.kind, Verdict::Kind::winner);
  EXPECT_EQ(verdict.leader, "epoll");
  EXPECT_DOUBLE_EQ(verdict.ratio->median, 1.6);
}

TEST(Judge, OnlyThoseCompeteThatMay) {
  const auto rows =
      rows_of({{"fork", {300, 300, 300}}, {"epoll", {150, 150, 150}}, {"thread", {99, 99, 99}}});
  const Verdict verdict =
      judge(rows, 0, Metric::requests_per_s, [](const Row& row) { return row.subject != "fork"; });
  EXPECT_EQ(verdict.leader, "epoll");
  EXPECT_THAT(verdict.left_out, testing::IsEmpty()) << "that is for invalid cells";
}

ScenarioComparison scenario_with(const std::vector<Measured>& all) {
  ScenarioComparison scenario;
  scenario.rows = rows_of(all);
  scenario.verdicts = {judge(scenario.rows, 0, Metric::requests_per_s)};
  return scenario;
}

std::vector<std::string_view> standings_of(const ScenarioComparison& scenario) {
  std::vector<std::string_view> names;
  for (const Row& row : scenario.rows) names.push_back(standing_name(standing_of(scenario, row)));
  return names;
}

TEST(StandingOf, TellsTheWinnerFromTheBeaten) {
  const auto scenario =
      scenario_with({{"bare-epoll", {900, 900, 900}}, {"fork", {100, 100, 100}}, {"epoll", {150, 150, 150}}});
  EXPECT_THAT(standings_of(scenario), ElementsAre("not judged", "beaten", "winner"));
}

TEST(StandingOf, TooCloseAreTheLeaderAndThoseItDidNotBeat) {
  const auto scenario =
      scenario_with({{"fork", {100, 100, 100}}, {"epoll", {150, 150, 150}}, {"thread", {149, 151, 149}}});
  EXPECT_THAT(standings_of(scenario), ElementsAre("beaten", "too close", "too close"));
}

TEST(StandingOf, AnInvalidCellIsInvalidAndWithoutAVerdictNobodyIsJudged) {
  auto scenario = scenario_with({{"fork", {100, 100, 100}}, {"epoll", {150, 150, 150}}});
  scenario.rows[0].trials[0].integrity = {{"lost", 1}};
  scenario.verdicts.clear();
  EXPECT_THAT(standings_of(scenario), ElementsAre("invalid", "not judged"));
}

}  // namespace
}  // namespace threadmill::results
