#include "harness/suggest.h"

#include <gtest/gtest.h>

namespace threadmill::harness {
namespace {

const std::vector<std::string> kModels = {"fork", "thread", "epoll", "broker", "bare-epoll"};

TEST(Suggest, FindsTheNameThatWasMeant) {
  EXPECT_EQ(closest_name("epol", kModels), "epoll");
  EXPECT_EQ(closest_name("tread", kModels), "thread");
  EXPECT_EQ(closest_name("brokre", kModels), "broker");
}

TEST(Suggest, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(closest_name("nginx", kModels), "");
  EXPECT_EQ(closest_name("", kModels), "");
  EXPECT_EQ(closest_name("epoll", {}), "");
}

TEST(Suggest, MessageNamesTheThingAndWhatThereIs) {
  EXPECT_EQ(unknown_name_message("model", "epol", {"fork", "epoll"}),
            "unknown model 'epol'; did you mean 'epoll'? there are: fork, epoll");
  EXPECT_EQ(unknown_name_message("model", "nginx", {"fork", "epoll"}),
            "unknown model 'nginx'; there are: fork, epoll");
}

}  // namespace
}  // namespace threadmill::harness
