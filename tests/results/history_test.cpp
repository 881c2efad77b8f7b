#include "results/history/history.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <stdexcept>

#include "history_files.h"
#include "trial_records.h"

namespace threadmill::results {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

History history_of(std::vector<ResultFile> files) {
  HistoryBuilder builder;
  for (ResultFile& file : files) builder.add(std::move(file));
  return builder.build();
}

const HistorySeries& series_of_metric(const HistoryScenario& scenario, Metric metric,
                                      const std::string& machine = history_machine("CPU A")) {
  for (const HistorySeries& series : scenario.series) {
    if (series.figure == figure_of(metric) && series.machine == machine) return series;
  }
  throw std::runtime_error("no such series");
}

TEST(History, PutsRunsInTheOrderOfTimeWithTheirCommits) {
  const History history = history_of({history_file(3, 1000), history_file(1, 1000), history_file(2, 1000)});
  ASSERT_THAT(history.runs, SizeIs(3));
  EXPECT_EQ(history.runs[0].file, "run-01.jsonl");
  EXPECT_EQ(history.runs[2].file, "run-03.jsonl");
  EXPECT_EQ(history.runs[0].commit, "c01");
  EXPECT_EQ(history.runs[0].machine, history_machine("CPU A"));
  EXPECT_EQ(history.runs[0].kernel, "6.1");
  EXPECT_FALSE(history.runs[0].modified);
}

TEST(History, ARunIsOnePointWithTheSpreadOfItsTrials) {
  const History history = history_of({history_file(1, 1000), history_file(2, 2000)});
  ASSERT_THAT(history.scenarios, SizeIs(1));
  const auto& rate = series_of_metric(history.scenarios[0], Metric::requests_per_s);
  EXPECT_EQ(rate.subject, "epoll");
  ASSERT_THAT(rate.points, SizeIs(2));
  EXPECT_EQ(rate.points[0].spread.count, 4U);
  EXPECT_DOUBLE_EQ(rate.points[1].spread.median / rate.points[0].spread.median, 2);
}

TEST(History, FindsTheChangeAndTheLevelsAroundIt) {
  std::vector<ResultFile> files;
  for (int run = 1; run <= 20; ++run) files.push_back(history_file(run, run <= 12 ? 100'000 : 80'000));
  const History history = history_of(std::move(files));
  const auto& rate = series_of_metric(history.scenarios[0], Metric::requests_per_s);
  ASSERT_THAT(rate.changes, SizeIs(1));
  EXPECT_EQ(rate.points[rate.changes[0].at].run, 12U);
  EXPECT_NEAR(rate.changes[0].after / rate.changes[0].before, 0.8, 0.01);
  EXPECT_LT(rate.changes[0].p_value, 0.05);
  EXPECT_GT(history.tests, 1U);
  EXPECT_GT(history.runs_needed, 8U);
  // The same CPU time for fewer requests.
  const auto& cost = series_of_metric(history.scenarios[0], Metric::cpu_us_per_request);
  ASSERT_THAT(cost.changes, SizeIs(1));
  EXPECT_GT(cost.changes[0].after, cost.changes[0].before);
}

ResultFile held_back(ResultFile file) {
  for (auto& trial : file.trials) hold_back(trial);
  return file;
}

/// Twenty runs; the first twelve, the others or all of them are the generator's.
History history_held_back(bool first, bool others, std::uint64_t before, std::uint64_t after) {
  std::vector<ResultFile> files;
  for (int run = 1; run <= 20; ++run) {
    files.push_back(history_file(run, run <= 12 ? before : after));
    if (run <= 12 ? first : others) files.back() = held_back(std::move(files.back()));
  }
  return history_of(std::move(files));
}

TEST(History, WhatTheGeneratorLimitedInEveryRunIsNotTested) {
  const History exact = history_held_back(false, false, 100'000, 80'000);
  const History bound = history_held_back(true, true, 100'000, 80'000);
  const auto& rate = series_of_metric(bound.scenarios[0], Metric::requests_per_s);
  EXPECT_TRUE(rate.held_back);
  EXPECT_THAT(rate.changes, IsEmpty());
  EXPECT_EQ(rate.points[0].hidden, Hidden::more);
  EXPECT_EQ(series_of_metric(bound.scenarios[0], Metric::service_p50_ns).points[0].hidden, Hidden::less);
  const auto& cost = series_of_metric(bound.scenarios[0], Metric::cpu_us_per_request);
  EXPECT_FALSE(cost.held_back);
  EXPECT_THAT(cost.changes, SizeIs(1)) << "a cost is what it is";
  EXPECT_EQ(bound.tests, 1U);
  EXPECT_EQ(exact.tests, 4U);
}

TEST(History, AChangeThatTheGeneratorCouldTurnAroundSaysSo) {
  const auto is_held_back = [](bool first, bool others, std::uint64_t before, std::uint64_t after) {
    const History history = history_held_back(first, others, before, after);
    const auto& rate = series_of_metric(history.scenarios.at(0), Metric::requests_per_s);
    EXPECT_THAT(rate.changes, SizeIs(1));
    return rate.changes.at(0).held_back;
  };
  EXPECT_FALSE(is_held_back(false, false, 100'000, 80'000));
  EXPECT_TRUE(is_held_back(false, true, 100'000, 80'000)) << "80,000 or more";
  EXPECT_FALSE(is_held_back(true, false, 100'000, 80'000)) << "fell by that or more";
  EXPECT_TRUE(is_held_back(true, false, 80'000, 100'000)) << "80,000 or more";
}

TEST(History, ANewMachineIsNoChange) {
  std::vector<ResultFile> files;
  for (int run = 1; run <= 24; ++run) {
    files.push_back(history_file(run, run <= 12 ? 100'000 : 50'000));
    if (run > 12) files.back().header["environment"]["cpu_model"] = "CPU B";
  }
  const History history = history_of(std::move(files));
  EXPECT_THAT(series_of_metric(history.scenarios[0], Metric::requests_per_s).changes, IsEmpty());
  EXPECT_THAT(series_of_metric(history.scenarios[0], Metric::requests_per_s, history_machine("CPU B")).points,
              SizeIs(12));
}

TEST(History, OtherCpusAreAnotherMachineAndAnotherKernelIsNot) {
  auto larger = history_file(2, 1000), pinned = history_file(3, 1000), updated = history_file(4, 1000);
  larger.header["environment"]["cpus_online"] = 16;
  pinned.header["run"]["server_cpus"] = {0, 1};
  updated.header["environment"]["kernel"] = "6.12";
  const History history =
      history_of({history_file(1, 1000), std::move(larger), std::move(pinned), std::move(updated)});
  EXPECT_THAT(series_of_metric(history.scenarios.at(0), Metric::requests_per_s).points, SizeIs(2));
  EXPECT_EQ(history.runs[3].kernel, "6.12");
  EXPECT_NE(history.runs[1].machine, history.runs[0].machine);
  EXPECT_NE(history.runs[2].machine, history.runs[0].machine);
}

TEST(History, ACopyIsNoFurtherRun) {
  HistoryBuilder builder;
  EXPECT_EQ(builder.add(history_file(1, 1000)), "");
  auto copy = history_file(1, 1000);
  copy.path = "copy.jsonl";
  EXPECT_EQ(builder.add(std::move(copy)), "run-01.jsonl");
  EXPECT_EQ(builder.add(history_file(2, 1000)), "");
  auto undated = history_file(3, 1000);
  undated.header.erase("created");
  EXPECT_EQ(builder.add(undated), "");
  EXPECT_EQ(builder.add(undated), "") << "nobody knows";
  EXPECT_THAT(builder.build().runs, SizeIs(4));
}

TEST(History, AnotherLoadIsAnotherScenario) {
  auto other = history_file(2, 1000);
  other.scenarios[0]["load"]["connections"] = 20;
  const History history = history_of({history_file(1, 1000), std::move(other)});
  EXPECT_THAT(history.scenarios, SizeIs(2));
}

TEST(History, InvalidCellsAreLeftOutAndTold) {
  auto broken = history_file(2, 1000);
  broken.trials[0]["load"]["integrity"]["lost"] = 1;
  const History history = history_of({history_file(1, 1000), std::move(broken)});
  const auto& scenario = history.scenarios.at(0);
  EXPECT_THAT(series_of_metric(scenario, Metric::requests_per_s).points, SizeIs(1));
  ASSERT_THAT(scenario.left_out, SizeIs(1));
  EXPECT_EQ(scenario.left_out[0].subject, "epoll");
  EXPECT_EQ(scenario.left_out[0].run, 1U);
}

TEST(History, SaysThatTheCeilingChangedToo) {
  std::vector<ResultFile> files;
  for (int run = 1; run <= 40; ++run) {
    const std::uint64_t completed = run <= 20 ? 100'000 : 60'000;
    auto file = history_file(run, completed);
    const auto ceiling = history_file(run, 2 * completed, "bare-epoll");
    file.trials.insert(file.trials.end(), ceiling.trials.begin(), ceiling.trials.end());
    files.push_back(std::move(file));
  }
  const History history = history_of(std::move(files));
  for (const HistorySeries& series : history.scenarios.at(0).series) {
    if (series.figure != figure_of(Metric::requests_per_s)) continue;
    ASSERT_THAT(series.changes, SizeIs(1)) << series.subject;
    EXPECT_EQ(series.changes[0].ceiling_too, !series.ceiling);
  }
}

TEST(History, OfASweepItFollowsTheCapacityAndTakesNoProbeForATrial) {
  const History history =
      history_of({history_file(1, 1000), history_sweep(2, {{.subject = "epoll", .highest_per_s = 40'000}}),
                  history_sweep(3, {{.subject = "epoll", .highest_per_s = 20'000}})});
  ASSERT_THAT(history.scenarios, SizeIs(2)) << "echo, and the sweep of echo";
  EXPECT_FALSE(history.scenarios[0].sweep);
  EXPECT_THAT(series_of_metric(history.scenarios[0], Metric::requests_per_s).points, SizeIs(1));
  const HistoryScenario& swept = history.scenarios[1];
  ASSERT_TRUE(swept.sweep);
  EXPECT_EQ(swept.terms.name, "echo");
  EXPECT_THAT(swept.sweep->rows, IsEmpty());
  ASSERT_THAT(swept.series, SizeIs(1));
  const HistorySeries& capacity = swept.series[0];
  EXPECT_EQ(capacity.figure.name, "capacity_per_s");
  EXPECT_EQ(capacity.figure.better, Better::more);
  ASSERT_THAT(capacity.points, SizeIs(2));
  EXPECT_EQ(capacity.points[1].run, 2U);
  EXPECT_EQ(capacity.points[1].spread.count, 3U) << "searches";
  EXPECT_EQ(capacity.points[1].hidden, Hidden::nothing);
  EXPECT_NEAR(capacity.points[1].spread.median / capacity.points[0].spread.median, 0.5, 0.05);
}

TEST(History, ACapacityMayBeABoundOnlyOrNotKnown) {
  const History history = history_of(
      {history_sweep(1, {{.subject = "bare-epoll", .highest_per_s = 1e7, .generator_per_s = 70'000},
                         {.subject = "fork", .highest_per_s = 900},
                         {.subject = "mute", .highest_per_s = 1e7, .generator_per_s = 10}})});
  const auto& swept = history.scenarios.at(0);
  ASSERT_THAT(swept.series, SizeIs(2));
  EXPECT_TRUE(swept.series[0].ceiling);
  EXPECT_EQ(swept.series[0].points.at(0).hidden, Hidden::more);
  EXPECT_EQ(swept.series[1].points.at(0).hidden, Hidden::less);
  ASSERT_THAT(swept.left_out, SizeIs(1));
  EXPECT_EQ(swept.left_out[0].subject, "mute");
}

TEST(History, FindsAChangeOfACapacity) {
  std::vector<ResultFile> files;
  for (int run = 1; run <= 20; ++run)
    files.push_back(
        history_sweep(run, {{.subject = "epoll", .highest_per_s = run <= 10 ? 40'000.0 : 20'000.0}}));
  const History history = history_of(std::move(files));
  const auto& capacity = history.scenarios.at(0).series.at(0);
  ASSERT_THAT(capacity.changes, SizeIs(1));
  EXPECT_EQ(capacity.points[capacity.changes[0].at].run, 10U);
}

TEST(History, ASweepUnderAnotherServiceLevelIsAnotherScenario) {
  auto other = history_sweep(2, {{.subject = "epoll", .highest_per_s = 40'000}});
  for (auto& level : other.scenarios) level["sweep"]["slo"] = "p99<50ms";
  EXPECT_THAT(
      history_of({history_sweep(1, {{.subject = "epoll", .highest_per_s = 40'000}}), std::move(other)})
          .scenarios,
      SizeIs(2));
}

TEST(History, OfNothingHasNothing) {
  const History history = HistoryBuilder().build();
  EXPECT_THAT(history.runs, IsEmpty());
  EXPECT_THAT(history.scenarios, IsEmpty());
  EXPECT_EQ(history.runs_needed, 8U);
}

}  // namespace
}  // namespace threadmill::results
