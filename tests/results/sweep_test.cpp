#include "results/sweep/sweep.h"

#include <gmock/gmock.h>

#include "results/comparison/comparison.h"
#include "tests/results/sweep_records.h"
#include "tests/results/trial_records.h"

namespace threadmill::results {
namespace {

using testing::HasSubstr;

/// Where its mean response time is 5 ms / 5.3 (the 99th of 100 quantiles), the load is 0.947.
constexpr double kShareAtLimit = 0.947;

TEST(Sweep, CapacitiesAreDerivedAnewFromTheTrials) {
  const auto comparison =
      compare({fake_sweep({{.subject = "epoll", .highest_per_s = 40'000, .disturbances = {1, 0.9, 1.1}},
                           {.subject = "thread", .highest_per_s = 20'000}},
                          3)});
  ASSERT_EQ(comparison.sweeps.size(), 1U);
  const auto& sweep = comparison.sweeps[0];
  EXPECT_EQ(sweep.of, "echo");
  ASSERT_EQ(sweep.rows.size(), 2U);
  const auto& epoll = sweep.rows[0];
  EXPECT_EQ(epoll.capacity.kind, Capacity::Kind::measured);
  EXPECT_NEAR(epoll.capacity.value, kShareAtLimit * 40'000, 0.05 * 40'000);
  EXPECT_LE(epoll.capacity.low, kShareAtLimit * 36'000);
  EXPECT_GE(epoll.capacity.high.value(), kShareAtLimit * 44'000);
  EXPECT_NEAR(sweep.rows[1].capacity.value, kShareAtLimit * 20'000, 0.05 * 20'000);
  EXPECT_THAT(epoll.reason, HasSubstr("p99 was"));
}

TEST(Sweep, CurvesRiseAndTheirPercentilesComeFromMergedHistograms) {
  const auto comparison = compare({fake_sweep({{.subject = "epoll", .highest_per_s = 40'000}}, 3)});
  const auto& row = comparison.sweeps.at(0).rows.at(0);
  ASSERT_GE(row.curve.size(), 5U);
  std::size_t probes = 0;
  for (std::size_t i = 0; i < row.curve.size(); ++i) {
    probes += row.curve[i].probes;
    if (i == 0) continue;
    EXPECT_GT(row.curve[i].level, row.curve[i - 1].level);
    EXPECT_GE(row.curve[i].latency->p50_ns, row.curve[i - 1].latency->p50_ns);
  }
  EXPECT_EQ(probes, row.probes.size());
  ASSERT_TRUE(row.at_capacity);
  EXPECT_GT(row.at_capacity->met, 0U);
  EXPECT_LE(row.at_capacity->level, row.capacity.value);
}

TEST(Sweep, WhereTheGeneratorWasTheLimitTheCapacityIsAtLeastWhatWasMet) {
  const auto comparison =
      compare({fake_sweep({{.subject = "epoll", .highest_per_s = 1e7, .generator_per_s = 30'000}}, 3)});
  const auto& row = comparison.sweeps.at(0).rows.at(0);
  EXPECT_EQ(row.capacity.kind, Capacity::Kind::at_least);
  EXPECT_GT(row.capacity.value, 28'000);
  EXPECT_LE(row.capacity.value, 30'000);
  EXPECT_THAT(row.reason, HasSubstr("the load generator was the limit"));
}

TEST(Sweep, LevelsAreNoScenariosAndNobodyWinsOne) {
  auto file = fake_sweep({{.subject = "epoll", .highest_per_s = 40'000}}, 2);
  file.scenarios.push_back(echo_scenario({"epoll"}));
  const auto count = file.trials.size();
  file.trials.push_back(echo_trial("epoll", 0, 100));
  const auto comparison = compare({file});
  ASSERT_EQ(comparison.scenarios.size(), 1U);
  EXPECT_EQ(comparison.scenarios[0].name, "echo");
  EXPECT_EQ(comparison.scenarios[0].rows.size(), 1U);
  EXPECT_EQ(comparison.runs[0].trials, count + 1);
}

TEST(Sweep, ASearchThatWasBrokenOffDoesNotSpoilThoseThatWereNot) {
  auto file = fake_sweep({{.subject = "epoll", .highest_per_s = 40'000}}, 2);
  const auto before = compare({file}).sweeps.at(0).rows.at(0).capacity;
  file.trials.push_back(fake_probe({.subject = "epoll", .highest_per_s = 40'000}, 2, 1'000));
  const auto after = compare({file}).sweeps.at(0).rows.at(0).capacity;
  EXPECT_EQ(after.value, before.value);
  EXPECT_EQ(after.searches, 2U);
}

TEST(Sweep, ASubjectThatDoesNotStartHasItsReasonAndNoFigure) {
  auto file = fake_sweep({}, 1);
  file.scenarios.push_back(fake_level(1'000));
  auto record = fake_probe({.subject = "fork", .highest_per_s = 1}, 0, 1'000);
  record["outcome"] = "failed";
  record["failure"] = {{"stage", "start"}, {"reason", "it is not installed"}};
  file.trials.push_back(record);
  const auto comparison = compare({file});
  const auto& row = comparison.sweeps.at(0).rows.at(0);
  EXPECT_EQ(row.capacity.kind, Capacity::Kind::unknown);
  EXPECT_THAT(row.reason, HasSubstr("it is not installed"));
  EXPECT_EQ(comparison.runs[0].invalid_trials, 1U);
}

TEST(Sweep, RunsOfTheSameSweepStandSideBySideAndOthersDoNot) {
  auto first = fake_sweep({{.subject = "epoll", .highest_per_s = 40'000}}, 2);
  auto second = first, other = first;
  second.path = "second.jsonl";
  other.path = "other.jsonl";
  for (auto& scenario : other.scenarios) scenario["sweep"]["slo"] = "p50<1ms";
  const auto comparison = compare({first, second, other});
  ASSERT_EQ(comparison.sweeps.size(), 2U);
  EXPECT_EQ(comparison.sweeps[0].rows.size(), 2U);
  EXPECT_EQ(comparison.sweeps[0].rows[1].label, "epoll @ second");
}

TEST(Sweep, ALevelWithoutReadableTermsIsLeftOutWithAWarning) {
  auto file = fake_sweep({{.subject = "epoll", .highest_per_s = 40'000}}, 1);
  for (const auto& [key, value] : {std::pair<const char*, nlohmann::json>{"slo", "fast"},
                                   {"over", "size"},
                                   {"level", -1},
                                   {"level", 1e300},
                                   {"slo", 3}}) {
    auto damaged = file;
    for (auto& scenario : damaged.scenarios) scenario["sweep"][key] = value;
    const auto comparison = compare({damaged});
    EXPECT_TRUE(comparison.sweeps.empty() || std::string(key) == "level") << key;
    if (comparison.sweeps.empty()) {
      EXPECT_THAT(comparison.runs[0].warnings.back(), HasSubstr("left out")) << key;
    }
  }
}

}  // namespace
}  // namespace threadmill::results
