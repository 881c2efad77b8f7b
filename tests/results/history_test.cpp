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
                                      const std::string& machine = "CPU A, kernel 6.1") {
  for (const HistorySeries& series : scenario.series) {
    if (series.metric == metric && series.machine == machine) return series;
  }
  throw std::runtime_error("no such series");
}

TEST(History, PutsRunsInTheOrderOfTimeWithTheirCommits) {
  const History history = history_of({history_file(3, 1000), history_file(1, 1000), history_file(2, 1000)});
  ASSERT_THAT(history.runs, SizeIs(3));
  EXPECT_EQ(history.runs[0].file, "run-01.jsonl");
  EXPECT_EQ(history.runs[2].file, "run-03.jsonl");
  EXPECT_EQ(history.runs[0].commit, "c01");
  EXPECT_EQ(history.runs[0].machine, "CPU A, kernel 6.1");
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

TEST(History, ANewMachineIsNoChange) {
  std::vector<ResultFile> files;
  for (int run = 1; run <= 24; ++run) {
    files.push_back(history_file(run, run <= 12 ? 100'000 : 50'000));
    if (run > 12) files.back().header["environment"]["cpu_model"] = "CPU B";
  }
  const History history = history_of(std::move(files));
  EXPECT_THAT(series_of_metric(history.scenarios[0], Metric::requests_per_s).changes, IsEmpty());
  EXPECT_THAT(series_of_metric(history.scenarios[0], Metric::requests_per_s, "CPU B, kernel 6.1").points,
              SizeIs(12));
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
    if (series.metric != Metric::requests_per_s) continue;
    ASSERT_THAT(series.changes, SizeIs(1)) << series.subject;
    EXPECT_EQ(series.changes[0].ceiling_too, !series.ceiling);
  }
}

TEST(History, OfNothingHasNothing) {
  const History history = HistoryBuilder().build();
  EXPECT_THAT(history.runs, IsEmpty());
  EXPECT_THAT(history.scenarios, IsEmpty());
  EXPECT_EQ(history.runs_needed, 8U);
}

}  // namespace
}  // namespace threadmill::results
