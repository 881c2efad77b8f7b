#include "json/closest_name.h"

#include <gtest/gtest.h>

namespace threadmill::json {
namespace {

const std::vector<std::string> kModels = {"fork", "thread", "epoll", "broker", "bare-epoll"};

TEST(ClosestName, FindsTheNameThatWasMeant) {
  EXPECT_EQ(closest_name("epol", kModels), "epoll");
  EXPECT_EQ(closest_name("tread", kModels), "thread");
  EXPECT_EQ(closest_name("brokre", kModels), "broker");
}

TEST(ClosestName, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(closest_name("nginx", kModels), "");
  EXPECT_EQ(closest_name("", kModels), "");
  EXPECT_EQ(closest_name("epoll", {}), "");
}

}  // namespace
}  // namespace threadmill::json
