#include "results/comparison/stability.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "results/comparison/comparison.h"
#include "trial_records.h"

namespace threadmill::results {
namespace {

/// One trial for each value, in the order in which they ran; repeats count backwards.
std::vector<Trial> trials_of(const std::vector<double>& rates) {
  std::vector<Trial> trials;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    Trial trial;
    trial.sequence = static_cast<std::int64_t>(i);
    trial.repeat = static_cast<std::int64_t>(rates.size() - 1 - i);
    trial.values[Metric::requests_per_s] = rates[i];
    trials.push_back(trial);
  }
  return trials;
}

Stability of(const std::vector<double>& rates) {
  return stability_of(trials_of(rates), Metric::requests_per_s);
}

TEST(StabilityOf, NamesTheRepeatThatIsFarFromTheOthers) {
  const auto stability = of({100, 101, 88, 99, 100, 102});
  ASSERT_EQ(stability.far.size(), 1U);
  EXPECT_EQ(stability.far[0].repeat, 3);
  EXPECT_DOUBLE_EQ(stability.far[0].from_median, -0.12);
  EXPECT_FALSE(stability.drift);
}

TEST(StabilityOf, TellsADriftInTheOrderOfTimeWhateverTheOrderOfRepeats) {
  const auto falling = of({106, 104, 102, 98, 96, 94});
  ASSERT_TRUE(falling.drift);
  EXPECT_NEAR(falling.drift->relative_change, -0.12, 0.01);
  auto trials = trials_of({106, 104, 102, 98, 96, 94});
  std::reverse(trials.begin(), trials.end());
  EXPECT_LT(stability_of(trials, Metric::requests_per_s).drift->relative_change, 0);
}

TEST(StabilityOf, DoesNotTellWhatChanceExplains) {
  EXPECT_FALSE(of({106, 94, 104, 96, 102, 98}).drift);
  EXPECT_FALSE(of({106, 104, 102, 98}).drift) << "four trials in order happen by chance";
}

// Slowly rising, and all over the place once: the slope of Theil and Sen does not see that one.
TEST(StabilityOf, DoesNotTellADriftThatIsSmallerThanTheNoise) {
  EXPECT_TRUE(of({100, 101, 102, 103, 104, 105, 106}).drift);
  EXPECT_FALSE(of({100, 101, 102, 103, 104, 105, 200}).drift);
}

TEST(StabilityOf, LeavesOutTrialsThatDoNotCount) {
  auto trials = trials_of({100, 101, 5, 99, 100, 102});
  trials[2].problem = "it failed";
  EXPECT_TRUE(stability_of(trials, Metric::requests_per_s).far.empty());
  EXPECT_TRUE(of({}).far.empty());
}

TEST(Compare, AtASetRateTrialsAreHeldAgainstEachOtherByCpuTime) {
  ResultFile file = result_file("run.jsonl", {echo_trial("epoll", 0, 100)});
  EXPECT_EQ(compare({file}).scenarios[0].rows[0].stability.metric, Metric::requests_per_s);
  file.scenarios[0]["load"]["arrivals"] = {{"process", "poisson"}, {"rate_per_s", 100}};
  EXPECT_EQ(compare({file}).scenarios[0].rows[0].stability.metric, Metric::cpu_us_per_request);
  file.scenarios[0]["load"]["driver"] = "pubsub";
  EXPECT_EQ(compare({file}).scenarios[0].rows[0].stability.metric, Metric::cpu_us_per_delivery);
}

}  // namespace
}  // namespace threadmill::results
