#include "loadgen/reference/stall_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace threadmill::load::reference {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// From 1000 on: stalls of 20 at 1100, 1200, ...
constexpr std::int64_t kOrigin = 1000;
const StallSchedule kSchedule(kOrigin, 20, 100);

TEST(StallSchedule, StallsAtEveryMultipleButTheOrigin) {
  EXPECT_FALSE(kSchedule.stalled_at(0));
  EXPECT_FALSE(kSchedule.stalled_at(1000));
  EXPECT_FALSE(kSchedule.stalled_at(1099));
  EXPECT_TRUE(kSchedule.stalled_at(1100));
  EXPECT_TRUE(kSchedule.stalled_at(1119));
  EXPECT_FALSE(kSchedule.stalled_at(1120));
  EXPECT_TRUE(kSchedule.stalled_at(1'000'000'005));
}

TEST(StallSchedule, ListsTheStallsThatTouchAWindow) {
  EXPECT_THAT(kSchedule.between(0, 1099), IsEmpty());
  EXPECT_THAT(kSchedule.between(0, 1100), ElementsAre(Stall{1100, 1120}));
  EXPECT_THAT(kSchedule.between(1119, 1200), ElementsAre(Stall{1100, 1120}, Stall{1200, 1220}));
  EXPECT_THAT(kSchedule.between(1120, 1199), IsEmpty());
  EXPECT_THAT(kSchedule.between(1210, 1211), ElementsAre(Stall{1200, 1220}));
  EXPECT_THAT(kSchedule.between(1300, 1200), IsEmpty());
}

TEST(StallSchedule, WithoutStalls) {
  const StallSchedule none;
  EXPECT_FALSE(none.stalled_at(5));
  EXPECT_THAT(none.between(0, 1'000'000), IsEmpty());
}

}  // namespace
}  // namespace threadmill::load::reference
