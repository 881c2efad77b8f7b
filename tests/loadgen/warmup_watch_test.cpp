#include "loadgen/warmup_watch.h"

#include <gtest/gtest.h>

namespace threadmill::load {
namespace {

constexpr std::int64_t kSliceNs = SteadyRate::kSliceNs;
constexpr std::size_t kFewestSlices = SteadyRate::kSlices + SteadyRate::kConsecutive - 1;

class WarmupWatchTest : public ::testing::Test {
 protected:
  /// Both threads complete more, time goes on, and both look.
  bool next_slice(std::uint64_t more) {
    completed_ += more;
    state_.set_completed(0, completed_);
    state_.set_completed(1, 2 * completed_);
    now_ns_ += kSliceNs;
    const bool first = watch_.steady(0, now_ns_);
    EXPECT_EQ(watch_.steady(1, now_ns_), first) << "all threads see the same";
    return first;
  }

  RunState state_{2};
  WarmupWatch watch_{state_};
  std::int64_t now_ns_ = 5'000'000'000;
  std::uint64_t completed_ = 0;
};

TEST_F(WarmupWatchTest, EndsWithTheFirstSteadyRate) {
  watch_.start(now_ns_);
  for (std::size_t i = 1; i < kFewestSlices; ++i) EXPECT_FALSE(next_slice(1000)) << i;
  EXPECT_EQ(watch_.took_ns(), 0);
  EXPECT_TRUE(next_slice(1000));
  EXPECT_EQ(watch_.took_ns(), static_cast<std::int64_t>(kFewestSlices) * kSliceNs);
  EXPECT_TRUE(next_slice(1)) << "it stays ended";
  EXPECT_EQ(watch_.took_ns(), static_cast<std::int64_t>(kFewestSlices) * kSliceNs);
}

TEST_F(WarmupWatchTest, GoesOnWhileTheRateGrows) {
  watch_.start(now_ns_);
  for (std::uint64_t i = 1; i <= 3 * SteadyRate::kSlices; ++i) EXPECT_FALSE(next_slice(100 * i)) << i;
  EXPECT_EQ(watch_.took_ns(), 0);
}

TEST_F(WarmupWatchTest, LooksOnlyWhenASliceIsOver) {
  watch_.start(now_ns_);
  state_.set_completed(0, 10);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(watch_.steady(0, now_ns_ + kSliceNs - 1));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(watch_.steady(1, now_ns_ + 100 * kSliceNs)) << "not its books";
}

}  // namespace
}  // namespace threadmill::load
