#include "loadgen/ranks/gathered.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/support/thrown.h"

namespace threadmill::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Gathered, TextsStandBehindOneAnother) {
  const auto all = gathered({3, 0, 5});
  EXPECT_THAT(all.lengths, ElementsAre(3, 0, 5));
  EXPECT_THAT(all.starts, ElementsAre(0, 3, 3));
  EXPECT_EQ(all.total, 8U);
  EXPECT_EQ(gathered({}).total, 0U) << "who is not rank 0";
}

TEST(Gathered, MoreThanMpiCountsIsToldWithTheRemedy) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  EXPECT_EQ(gathered({kMost - 5, 5}).total, static_cast<std::size_t>(kMost));
  for (const auto& lengths : {std::vector<std::int64_t>{kMost - 5, 6},
                              {kMost + 1},
                              std::vector<std::int64_t>(1024, std::int64_t{3} << 20)}) {
    EXPECT_THAT(thrown_by<std::runtime_error>([&] { gathered(lengths); }), HasSubstr("run fewer processes"));
  }
}

}  // namespace
}  // namespace threadmill::load
