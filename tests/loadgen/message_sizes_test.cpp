#include "loadgen/message_sizes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace threadmill::load {
namespace {

const std::vector<MessageSize> kNineToOne = {{.bytes = 64, .weight = 9}, {.bytes = 1024, .weight = 1}};

TEST(MessageSizes, AreAllAlikeWhereThereIsOne) {
  const MessageSizes sizes(64);
  EXPECT_TRUE(sizes.fixed());
  EXPECT_EQ(sizes.bytes_of(3, 7), 64U);
}

TEST(MessageSizes, AreSettledBySeedPublisherAndSequence) {
  const MessageSizes sizes(kNineToOne, 1), same(kNineToOne, 1), other(kNineToOne, 2);
  int differ_by_seed = 0, differ_by_publisher = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(sizes.bytes_of(3, i), same.bytes_of(3, i));
    differ_by_seed += sizes.bytes_of(3, i) != other.bytes_of(3, i) ? 1 : 0;
    differ_by_publisher += sizes.bytes_of(3, i) != sizes.bytes_of(4, i) ? 1 : 0;
  }
  EXPECT_GT(differ_by_seed, 100);
  EXPECT_GT(differ_by_publisher, 100);
}

TEST(MessageSizes, ComeUpByTheirWeights) {
  const MessageSizes sizes(
      {{.bytes = 40, .weight = 1}, {.bytes = 50, .weight = 2}, {.bytes = 60, .weight = 7}}, 5);
  std::vector<int> counts(3);
  for (std::uint32_t publisher = 0; publisher < 10; ++publisher) {
    for (std::uint64_t i = 0; i < 10'000; ++i) ++counts[sizes.index_of(publisher, i)];
  }
  EXPECT_NEAR(counts[0], 10'000, 600);
  EXPECT_NEAR(counts[1], 20'000, 800);
  EXPECT_NEAR(counts[2], 70'000, 1000);
}

}  // namespace
}  // namespace threadmill::load
