#include "harness/suggest.h"

#include <gtest/gtest.h>

namespace threadmill::harness {
namespace {

TEST(Suggest, MessageNamesTheThingAndWhatThereIs) {
  EXPECT_EQ(unknown_name_message("model", "epol", {"fork", "epoll"}),
            "unknown model 'epol'; did you mean 'epoll'? there are: fork, epoll");
  EXPECT_EQ(unknown_name_message("model", "nginx", {"fork", "epoll"}),
            "unknown model 'nginx'; there are: fork, epoll");
}

}  // namespace
}  // namespace threadmill::harness
