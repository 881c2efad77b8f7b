#include "results/comparison/change.h"

#include <gmock/gmock.h>

#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::uint64_t usual = 100'000;

/// Trials of one subject that answer so many requests each.
std::vector<json> trials_of(const std::string& subject, const std::vector<std::uint64_t>& completed) {
  std::vector<json> trials;
  for (std::size_t i = 0; i < completed.size(); ++i)
    trials.push_back(echo_trial(subject, static_cast<int>(i), completed[i]));
  return trials;
}

/// `count` numbers around `middle`, a thousandth apart.
std::vector<std::uint64_t> around(std::uint64_t middle, std::size_t count) {
  std::vector<std::uint64_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(middle * (1000 + i) / 1000);
  return values;
}

std::vector<json> joined(std::vector<json> first, const std::vector<json>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

ChangeTable between(const ResultFile& first, const ResultFile& second, const ChangeOptions& options) {
  return changes_between_runs({first, second}, options).at(0);
}

ResultFile run_of(const std::string& name, const std::vector<json>& trials) {
  return result_file(name, trials);
}

const ChangeOptions requests_only{{Metric::requests_per_s}, {}};

TEST(ChangesBetweenRuns, SayWhichWayAMetricWentAndHowSure) {
  const auto table = between(run_of("a.jsonl", trials_of("epoll", around(usual, 4))),
                             run_of("b.jsonl", trials_of("epoll", around(usual * 2, 4))), requests_only);
  EXPECT_EQ(table.first, "a");
  EXPECT_EQ(table.second, "b");
  EXPECT_EQ(table.pairing, Pairing::unpaired);
  EXPECT_EQ(table.tests, 1U);
  ASSERT_EQ(table.metrics.size(), 1U);
  const Change& change = table.metrics[0].changes.at(0);
  EXPECT_EQ(change.scenario, "echo");
  EXPECT_EQ(change.subject, "epoll");
  EXPECT_EQ(change.kind, ChangeKind::better);
  ASSERT_TRUE(change.ratio);
  EXPECT_NEAR(change.ratio->ratio, 2, 1e-9);
  EXPECT_NEAR(*change.corrected_p, 2.0 / 70, 1e-12);
  EXPECT_EQ(change.first->count, 4U);
}

TEST(ChangesBetweenRuns, LessCpuTimeIsBetter) {
  // The CPU time of the window is the same, so that half as many requests cost twice as much each.
  const auto table = between(run_of("a.jsonl", trials_of("epoll", around(usual, 4))),
                             run_of("b.jsonl", trials_of("epoll", around(usual / 2, 4))),
                             {{Metric::cpu_us_per_request}, {}});
  EXPECT_EQ(table.metrics.at(0).changes.at(0).kind, ChangeKind::worse);
  EXPECT_NEAR(table.metrics[0].changes[0].ratio->ratio, 2, 1e-9);
}

TEST(ChangesBetweenRuns, AMetricWithoutADirectionIsOnlyDifferent) {
  auto slow = trials_of("epoll", around(usual, 4)), busy = slow;
  for (json& trial : busy) trial["samples"]["gates"]["measured"]["cpu_ns"] = 1'000'000'000;
  for (std::size_t i = 0; i < 4; ++i) {  // no ties
    slow[i]["samples"]["gates"]["measured"]["cpu_ns"] = 600'000'000 + 1000 * i;
    busy[i]["samples"]["gates"]["measured"]["cpu_ns"] = 900'000'000 + 1000 * i;
  }
  const auto table =
      between(run_of("a.jsonl", slow), run_of("b.jsonl", busy), {{Metric::server_cpu_percent}, {}});
  EXPECT_EQ(table.metrics.at(0).changes.at(0).kind, ChangeKind::different);
}

std::vector<json> held_back(std::vector<json> trials) {
  for (json& trial : trials) hold_back(trial);
  return trials;
}

// Two generators of which one got faster say nothing about the server.
TEST(ChangesBetweenRuns, WhatTheGeneratorCouldTurnAroundIsNoChangeAndNoTest) {
  const auto slow = trials_of("epoll", around(usual, 4)), fast = trials_of("epoll", around(usual * 2, 4));
  const auto kind = [](const std::vector<json>& first, const std::vector<json>& second) {
    const auto table = between(run_of("a.jsonl", first), run_of("b.jsonl", second), requests_only);
    const Change& change = table.metrics.at(0).changes.at(0);
    EXPECT_EQ(table.tests, change.kind == ChangeKind::held_back ? 0U : 1U);
    EXPECT_EQ(change.corrected_p.has_value(), change.kind != ChangeKind::held_back);
    return change.kind;
  };
  EXPECT_EQ(kind(held_back(slow), held_back(fast)), ChangeKind::held_back);
  EXPECT_EQ(kind(held_back(slow), fast), ChangeKind::held_back) << "the first could do more";
  EXPECT_EQ(kind(slow, held_back(fast)), ChangeKind::better) << "by that or by more";
  EXPECT_EQ(kind(fast, held_back(slow)), ChangeKind::held_back) << "the second could do more";
  EXPECT_EQ(kind(held_back(fast), slow), ChangeKind::worse) << "by that or by more";
}

TEST(ChangesBetweenRuns, LatenciesOfAGeneratorThatWasTheLimitAreAtMostAndCostsAreWhatTheyAre) {
  const auto slow = trials_of("epoll", around(usual, 4)), fast = trials_of("epoll", around(usual * 2, 4));
  const auto table =
      between(run_of("a.jsonl", slow), run_of("b.jsonl", held_back(fast)),
              {{Metric::service_p50_ns, Metric::cpu_us_per_request, Metric::server_cpu_percent}, {}});
  ASSERT_EQ(table.metrics.size(), 3U);
  EXPECT_EQ(table.metrics[0].changes.at(0).ratio_hidden(), Hidden::less);
  EXPECT_EQ(table.metrics[1].changes.at(0).ratio_hidden(), Hidden::nothing);
  EXPECT_EQ(table.metrics[1].changes.at(0).kind, ChangeKind::better);
  EXPECT_EQ(table.metrics[2].changes.at(0).ratio_hidden(), Hidden::more);
}

// At a rate that is set the server was asked for less than it should have been.
TEST(ChangesBetweenRuns, AtARateThatIsSetNobodyKnowsTheLatenciesThatWereHeldBack) {
  auto first = run_of("a.jsonl", held_back(trials_of("epoll", around(usual, 4))));
  first.scenarios[0]["load"]["arrivals"] = {{"process", "poisson"}, {"rate_per_s", 1000}};
  for (json& trial : first.trials) {
    trial["load"]["self"]["paced"] = true;
    trial["load"]["self"]["send_delay_p99_us"] = 15e3;  // it left too late
    trial["load"]["self"]["response_p99_us"] = 20e3;
  }
  auto second = first;
  second.path = "b.jsonl";
  const auto table = between(first, second, {{Metric::service_p50_ns}, {}});
  const Change& change = table.metrics.at(0).changes.at(0);
  EXPECT_EQ(change.first_hidden, Hidden::either);
  EXPECT_EQ(change.kind, ChangeKind::held_back);
}

// Four on each side find one difference. The other cell is none of the tests.
TEST(ChangesBetweenRuns, WhatIsHeldBackDoesNotCountBesideOtherTests) {
  const auto before = joined(trials_of("epoll", around(usual, 4)), trials_of("fork", around(usual, 4)));
  const auto after =
      joined(trials_of("epoll", around(usual * 2, 4)), trials_of("fork", around(usual * 2, 4)));
  auto held = before;
  for (std::size_t i = 4; i < 8; ++i) hold_back(held[i]);
  const auto table = between(run_of("a.jsonl", held), run_of("b.jsonl", after), requests_only);
  EXPECT_EQ(table.tests, 1U);
  EXPECT_EQ(table.metrics.at(0).changes.at(0).kind, ChangeKind::better);
  EXPECT_EQ(table.metrics[0].changes.at(1).kind, ChangeKind::held_back);
}

TEST(ChangesBetweenRuns, OverlapIsNoDifference) {
  const auto table =
      between(run_of("a.jsonl", trials_of("epoll", {100'000, 101'000, 102'000, 103'000})),
              run_of("b.jsonl", trials_of("epoll", {100'500, 101'500, 102'500, 103'500})), requests_only);
  EXPECT_EQ(table.metrics.at(0).changes.at(0).kind, ChangeKind::no_difference);
}

TEST(ChangesBetweenRuns, TooFewSamplesAreNoVerdict) {
  const auto table = between(run_of("a.jsonl", trials_of("epoll", around(usual, 3))),
                             run_of("b.jsonl", trials_of("epoll", around(usual * 9, 3))), requests_only);
  EXPECT_EQ(table.metrics.at(0).changes.at(0).kind, ChangeKind::too_few);
  EXPECT_EQ(table.samples_needed, 4U);
}

// Four on each side find one difference, but not one among two tests: 2 / 70 of each, twice.
TEST(ChangesBetweenRuns, PValuesAreCorrectedOverTheWholeTable) {
  const auto before = joined(trials_of("epoll", around(usual, 4)), trials_of("fork", around(usual, 4)));
  const auto after =
      joined(trials_of("epoll", around(usual * 2, 4)), trials_of("fork", around(usual * 2, 4)));
  const auto table = between(run_of("a.jsonl", before), run_of("b.jsonl", after), requests_only);
  EXPECT_EQ(table.tests, 2U);
  EXPECT_EQ(table.samples_needed, 5U);
  for (const Change& change : table.metrics.at(0).changes) {
    EXPECT_NEAR(*change.corrected_p, 4.0 / 70, 1e-12);
    EXPECT_EQ(change.kind, ChangeKind::too_few);
  }
}

TEST(ChangesBetweenRuns, ByDefaultAreOfRateCpuTimeAndLatency) {
  const auto table = between(run_of("a.jsonl", trials_of("epoll", around(usual, 4))),
                             run_of("b.jsonl", trials_of("epoll", around(usual, 4))), {});
  std::vector<Metric> metrics;
  for (const auto& block : table.metrics) metrics.push_back(block.metric);
  EXPECT_THAT(metrics, ElementsAre(Metric::requests_per_s, Metric::service_p50_ns, Metric::service_p99_ns,
                                   Metric::cpu_us_per_request));
}

TEST(ChangesBetweenRuns, InvalidCellsAreNotJudgedAndSayWhy) {
  auto broken = trials_of("epoll", around(usual * 2, 4));
  broken[1]["load"]["integrity"]["corrupt"] = 3;
  const auto table = between(run_of("a.jsonl", trials_of("epoll", around(usual, 4))),
                             run_of("b.jsonl", broken), requests_only);
  const Change& change = table.metrics.at(0).changes.at(0);
  EXPECT_EQ(change.kind, ChangeKind::invalid);
  EXPECT_THAT(change.reason, HasSubstr("b: "));
  EXPECT_THAT(change.reason, HasSubstr("3 corrupt"));
  EXPECT_FALSE(change.ratio);
  EXPECT_EQ(table.tests, 0U);
}

TEST(ChangesBetweenRuns, AValueOfZeroIsInNoProportion) {
  auto idle = trials_of("epoll", around(usual, 4));
  for (json& trial : idle) trial["samples"]["gates"]["measured"] = trial["samples"]["gates"]["warm"];
  const auto table = between(run_of("a.jsonl", idle), run_of("b.jsonl", trials_of("epoll", around(usual, 4))),
                             {{Metric::cpu_us_per_request}, {}});
  const Change& change = table.metrics.at(0).changes.at(0);
  EXPECT_EQ(change.kind, ChangeKind::no_ratio);
  EXPECT_THAT(change.reason, HasSubstr("0"));
}

TEST(ChangesBetweenRuns, CellsWithoutACounterpartAreNamed) {
  auto first = run_of("a.jsonl", joined(trials_of("epoll", around(usual, 4)), trials_of("fork", {usual})));
  const auto second =
      run_of("b.jsonl", joined(trials_of("epoll", around(usual, 4)), trials_of("thread", {usual})));
  const auto table = between(first, second, requests_only);
  EXPECT_THAT(table.not_compared, ElementsAre("echo, fork: only in a", "echo, thread: only in b"));
  EXPECT_EQ(table.metrics.at(0).changes.size(), 1U);
}

TEST(ChangesBetweenRuns, AnotherLoadIsAnotherExperiment) {
  const auto first = run_of("a.jsonl", trials_of("epoll", around(usual, 4)));
  auto second = first;
  second.path = "b.jsonl";
  second.scenarios[0]["load"]["connections"] = 20;
  second.scenarios[0]["load"]["pipeline"] = 4;
  const auto table = between(first, second, requests_only);
  EXPECT_THAT(table.metrics, IsEmpty());
  EXPECT_THAT(table.not_compared,
              ElementsAre("echo: not the same experiment in both: connections is 10 and 20, pipeline is its "
                          "default and 4"));
}

TEST(ChangesBetweenRuns, ScenariosThatAreNotAskedForAreLeftOut) {
  const auto run = run_of("a.jsonl", trials_of("epoll", around(usual, 4)));
  auto other = run;
  other.path = "b.jsonl";
  const auto table = between(run, other, {{}, {"chat-50"}});
  EXPECT_THAT(table.metrics, IsEmpty());
  EXPECT_THAT(table.not_compared, IsEmpty());
}

TEST(ChangesBetweenRuns, EachFurtherRunIsComparedWithTheFirst) {
  const auto trials = trials_of("epoll", around(usual, 4));
  auto third = run_of("c.jsonl", trials);
  third.header["environment"]["kernel"] = "other";
  const auto tables =
      changes_between_runs({run_of("a.jsonl", trials), run_of("b.jsonl", trials), third}, requests_only);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].second, "b");
  EXPECT_EQ(tables[1].first, "a");
  EXPECT_EQ(tables[1].second, "c");
  EXPECT_THAT(tables[0].environment, IsEmpty());
  EXPECT_THAT(tables[1].environment, Not(IsEmpty()));
}

// The machine doubles its speed from repeat to repeat, which only pairs see through.
TEST(ChangesBetweenSubjects, ArePairedByRepeat) {
  const std::vector<std::uint64_t> drifting = {1000, 2000, 4000, 8000, 16000, 32000};
  std::vector<std::uint64_t> faster;
  for (std::size_t i = 0; i < drifting.size(); ++i) faster.push_back(drifting[i] * (110 + i) / 100);
  const auto file = run_of("a.jsonl", joined(trials_of("epoll", drifting), trials_of("fork", faster)));
  const auto table = changes_between_subjects(file, {"epoll", "fork"}, requests_only).at(0);
  EXPECT_EQ(table.pairing, Pairing::paired);
  const Change& change = table.metrics.at(0).changes.at(0);
  EXPECT_EQ(change.subject, "");
  EXPECT_EQ(change.kind, ChangeKind::better);
  EXPECT_NEAR(change.ratio->ratio, 1.125, 0.005);
  EXPECT_EQ(change.ratio->first_count, 6U);
}

TEST(ChangesBetweenSubjects, ASubjectThatAScenarioDoesNotHaveIsNamed) {
  const auto file = run_of("a.jsonl", trials_of("epoll", around(usual, 4)));
  const auto table = changes_between_subjects(file, {"epoll", "fork"}, requests_only).at(0);
  EXPECT_THAT(table.not_compared, ElementsAre("echo: only epoll is in it"));
}

}  // namespace
}  // namespace threadmill::results
