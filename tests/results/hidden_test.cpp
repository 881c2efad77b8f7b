#include "results/trial/hidden.h"

#include <gtest/gtest.h>

#include "results/comparison/comparison.h"
#include "results/trial/metrics.h"
#include "trial_records.h"

namespace threadmill::results {
namespace {

TEST(Hidden, OfARatioPullsItToBothSides) {
  EXPECT_EQ(hidden_of_ratio(Hidden::nothing, Hidden::nothing), Hidden::nothing);
  EXPECT_EQ(hidden_of_ratio(Hidden::more, Hidden::nothing), Hidden::more);
  EXPECT_EQ(hidden_of_ratio(Hidden::nothing, Hidden::more), Hidden::less);
  EXPECT_EQ(hidden_of_ratio(Hidden::less, Hidden::nothing), Hidden::less);
  EXPECT_EQ(hidden_of_ratio(Hidden::nothing, Hidden::less), Hidden::more);
  EXPECT_EQ(hidden_of_ratio(Hidden::more, Hidden::more), Hidden::either);
  EXPECT_EQ(hidden_of_ratio(Hidden::more, Hidden::less), Hidden::more);
  EXPECT_EQ(hidden_of_ratio(Hidden::nothing, Hidden::either), Hidden::either);
}

TEST(Hidden, TurnsARatioOnlyTowardsWhatIsHidden) {
  EXPECT_FALSE(may_turn(Hidden::nothing, 2));
  EXPECT_FALSE(may_turn(Hidden::more, 2));
  EXPECT_TRUE(may_turn(Hidden::more, 0.5));
  EXPECT_TRUE(may_turn(Hidden::less, 2));
  EXPECT_FALSE(may_turn(Hidden::less, 0.5));
  EXPECT_TRUE(may_turn(Hidden::either, 2));
  EXPECT_TRUE(may_turn(Hidden::either, 0.5));
  EXPECT_FALSE(may_turn(Hidden::nothing, 1));
  EXPECT_TRUE(may_turn(Hidden::more, 1));
  EXPECT_TRUE(may_turn(Hidden::less, 1));
}

// A new metric has to say which it is: the generator's own figures and costs are as measured.
TEST(Hidden, OfEveryMetric) {
  for (const MetricTraits& traits : metrics()) {
    const auto& name = traits.name;
    const bool rate = name.ends_with("_per_s"), cpu = name.starts_with("server_cpu_percent");
    // How long a server was away is no matter of how fast it was loaded.
    const bool away = name == "fault_noticed_ns" || name.starts_with("longest_") || name == "catching_up_ns";
    const bool latency = name.ends_with("_ns") && name != "slip_p99_ns" && !away;
    EXPECT_EQ(traits.generator_hides, rate || cpu ? Hidden::more
                                      : latency   ? Hidden::less
                                                  : Hidden::nothing)
        << name;
  }
}

TEST(Hidden, OfPublishedFiguresIsThatOfWhatStandsBesideThem) {
  auto trial = echo_trial("epoll", 0, 1000);
  const auto hidden = [&](std::string_view published) {
    return hidden_of_ours(compare({result_file("run.jsonl", {trial})}).scenarios.at(0).rows.at(0), published);
  };
  EXPECT_EQ(hidden("requests_per_s"), Hidden::nothing);
  hold_back(trial);
  EXPECT_EQ(hidden("requests_per_s"), Hidden::more);
  EXPECT_EQ(hidden("messages_per_s"), Hidden::more);
  EXPECT_EQ(hidden("seconds_per_1000_messages"), Hidden::less);
  EXPECT_EQ(hidden("cpu_percent"), Hidden::more);
  EXPECT_EQ(hidden("memory_mib_max"), Hidden::nothing);
  EXPECT_EQ(hidden("something else"), Hidden::nothing);
}

}  // namespace
}  // namespace threadmill::results
