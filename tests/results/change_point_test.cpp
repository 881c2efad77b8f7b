#include "results/statistics/change_point.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace threadmill::results {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// Pettitt's K of a sequence of ranks, in whole numbers.
int largest_distance(const std::vector<int>& order) {
  const int count = static_cast<int>(order.size());
  int sum = 0, largest = 0;
  for (int before = 1; before < count; ++before) {
    sum += order[static_cast<std::size_t>(before - 1)];
    largest = std::max(largest, std::abs(2 * sum - before * (count + 1)));
  }
  return largest;
}

/// The share of all orders whose parts differ at least as much.
double share_of_all_orders(std::vector<int> order) {
  const int observed = largest_distance(order);
  std::sort(order.begin(), order.end());
  int all = 0, as_far = 0;
  do {
    ++all;
    as_far += largest_distance(order) >= observed ? 1 : 0;
  } while (std::next_permutation(order.begin(), order.end()));
  return static_cast<double>(as_far) / all;
}

TEST(SplitTest, HasThePValueOfAllOrders) {
  SplitTest test;
  for (const std::vector<int>& order : {std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8},
                                        {2, 1, 3, 4, 8, 5, 7, 6},
                                        {3, 1, 2, 8, 7, 4, 6, 5},
                                        {5, 1, 7, 2, 8, 3, 6, 4}}) {
    const auto split = test.clearest_split({order.begin(), order.end()});
    ASSERT_TRUE(split);
    const double exact = share_of_all_orders(order);
    EXPECT_NEAR(split->p_value, exact, 4 * std::sqrt(exact * (1 - exact) / 19'999) + 1e-4);
  }
}

TEST(SplitTest, FindsWhereTheLevelChanges) {
  SplitTest test;
  const auto split = test.clearest_split({10, 11, 10.5, 10.2, 10.9, 20, 21, 20.5, 20.2});
  ASSERT_TRUE(split);
  EXPECT_EQ(split->at, 5U);
}

TEST(SplitTest, FindsWhereTheLevelChangesFarFromTheMiddleToo) {
  SplitTest test;
  // The highest two of the lower level stand last: by ranks alone the change would be before them.
  const auto split =
      test.clearest_split({1, 1.1, 1.2, 1.05, 1.15, 1, 1.1, 1.2, 1.05, 1.15, 1.3, 1.35, 9, 9.1, 9.2, 9});
  EXPECT_EQ(split->at, 12U);
}

TEST(SplitTest, GivesTheSameAnswerEachTime) {
  const std::vector<double> values{1, 5, 2, 6, 3, 9, 8, 7, 12, 11, 4};
  SplitTest first, second;
  second.clearest_split({3, 2, 1});
  EXPECT_EQ(first.clearest_split(values)->p_value, second.clearest_split(values)->p_value);
}

TEST(SplitTest, EqualValuesHaveNoChange) {
  SplitTest test;
  EXPECT_EQ(test.clearest_split({7, 7, 7, 7, 7, 7, 7, 7, 7, 7})->p_value, 1);
  EXPECT_FALSE(test.clearest_split({7}));
  EXPECT_FALSE(test.clearest_split({}));
}

TEST(SmallestSplitP, IsThatOfTwoHalvesApart) {
  for (const std::vector<int>& order :
       {std::vector<int>{1, 2}, {1, 2, 3, 4}, {1, 2, 3, 4, 5}, {1, 2, 3, 4, 5, 6, 7, 8}})
    EXPECT_NEAR(smallest_split_p(order.size()), share_of_all_orders(order), 1e-12) << order.size();
  EXPECT_EQ(split_count_needed(0.05), 8U);
  EXPECT_EQ(split_count_needed(0.0022), 12U);
}

/// `count` values around a level, in an order that goes up and down.
std::vector<double> level(double middle, std::size_t count) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(middle + 0.01 * static_cast<double>(i % 2 == 0 ? i : count - i));
  return values;
}

std::vector<double> levels(const std::vector<double>& middles, std::size_t count) {
  std::vector<double> values;
  for (const double middle : middles) {
    const auto more = level(middle, count);
    values.insert(values.end(), more.begin(), more.end());
  }
  return values;
}

TEST(ChangePoints, AreFoundOneAfterTheOther) {
  const auto found = change_points({levels({10, 20, 15}, 14)}, 0.05);
  EXPECT_EQ(found.tests, 1U);
  ASSERT_THAT(found.of, SizeIs(1));
  ASSERT_THAT(found.of[0], SizeIs(2));
  EXPECT_EQ(found.of[0][0].at, 14U);
  EXPECT_EQ(found.of[0][1].at, 28U);
}

TEST(ChangePoints, OfASteadySequenceThereAreNone) {
  EXPECT_THAT(change_points({level(10, 30)}, 0.05).of[0], IsEmpty());
}

TEST(ChangePoints, TooFewValuesCountAsNoTest) {
  const auto found = change_points({levels({10, 20}, 3), levels({10, 20}, 10)}, 0.05);
  EXPECT_EQ(found.tests, 1U);
  EXPECT_THAT(found.of[0], IsEmpty());
  EXPECT_THAT(found.of[1], SizeIs(1));
}

TEST(ChangePoints, AreCorrectedForAllThatIsTestedTogether) {
  const auto alone = change_points({levels({10, 20}, 5)}, 0.05);
  ASSERT_THAT(alone.of[0], SizeIs(1));
  std::vector<std::vector<double>> many{levels({10, 20}, 5)};
  for (int i = 0; i < 19; ++i) many.push_back(level(10, 10));
  const auto beside_others = change_points(many, 0.05);
  EXPECT_EQ(beside_others.tests, 20U);
  EXPECT_THAT(beside_others.of[0], IsEmpty()) << "its p-value of about 0.008 counts for 20";
}

// 33 scenarios, 5 servers and 4 metrics on two machines make more than 1,000.
TEST(ChangePoints, AreFoundAmongManySequencesToo) {
  std::vector<std::vector<double>> many{levels({10, 20}, 15), levels({10, 20}, 15)};
  std::swap(many[1][3], many[1][18]);  // not quite apart: its p-value is not the smallest that there is
  for (int i = 0; i < 1498; ++i) many.push_back(level(10, 30));
  const auto found = change_points(many, 0.05);
  EXPECT_EQ(found.tests, 1500U);
  EXPECT_THAT(found.of[0], SizeIs(1));
  EXPECT_THAT(found.of[1], SizeIs(1));
  EXPECT_THAT(found.of[2], IsEmpty());
}

TEST(ChangePoints, AsManyValuesAsAreNeededAreEnough) {
  constexpr std::size_t tests = 1500;
  const std::size_t needed = split_count_needed(0.05 / tests);
  ASSERT_EQ(needed % 2, 0U);
  std::vector<std::vector<double>> many(tests, level(10, needed));
  many[0] = levels({10, 20}, needed / 2);
  EXPECT_THAT(change_points(many, 0.05).of[0], SizeIs(1));
}

}  // namespace
}  // namespace threadmill::results
