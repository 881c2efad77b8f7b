#include "results/comparison/against.h"

#include <gmock/gmock.h>

#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A subject's requests/s, one for each repeat; each of its trials takes the same CPU time.
struct RatesOf {
  std::string subject;
  std::vector<std::uint64_t> rates;
};

ResultFile file_of_rates(const std::vector<RatesOf>& all_rates) {
  std::vector<json> trials;
  for (const auto& [subject, rates] : all_rates)
    for (std::size_t i = 0; i < rates.size(); ++i)
      trials.push_back(echo_trial(subject, static_cast<int>(i), rates[i]));
  return result_file("a.jsonl", trials);
}

Comparison comparison_of_rates(const std::vector<RatesOf>& all_rates) {
  return compare({file_of_rates(all_rates)});
}

std::vector<Against> against_in(const Comparison& comparison) {
  return against_leaders(comparison, comparison.scenarios.at(0));
}

// The machine doubles its speed from repeat to repeat, which only pairs see through.
const std::vector<std::uint64_t> drifting{1000, 2000, 4000, 8000, 16000, 32000};
const std::vector<std::uint64_t> faster{1990, 4020, 8080, 16160, 31680, 64320};  // 1.98 to 2.02 times that

TEST(AgainstLeaders, PutsEverybodyButCeilingsBesideTheFirstRepeatByRepeat) {
  const auto comparison = comparison_of_rates(
      {{"bare-epoll", faster}, {"fork", drifting}, {"epoll", faster}, {"thread", drifting}});
  const auto all = against_in(comparison);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].leader->subject, "epoll");
  EXPECT_EQ(all[0].ranked_by, Metric::requests_per_s);
  EXPECT_THAT(all[0].metrics,
              ElementsAre(Metric::requests_per_s, Metric::cpu_us_per_request, Metric::service_p99_ns));
  ASSERT_EQ(all[0].rivals.size(), 2U);
  EXPECT_EQ(all[0].rivals[0].row->subject, "fork");
  EXPECT_EQ(all[0].rivals[1].row->subject, "thread");
}

TEST(AgainstLeaders, RatiosAreOfTheRivalToTheFirstWithTheirInterval) {
  const auto comparison = comparison_of_rates({{"fork", drifting}, {"epoll", faster}});
  const auto all = against_in(comparison);
  const AgainstRatio& rate = all.at(0).rivals.at(0).ratios.at(0);
  ASSERT_TRUE(rate.is_sure());
  EXPECT_NEAR(rate.ratio->ratio, 0.4975, 0.002);
  EXPECT_DOUBLE_EQ(rate.bounds->low, 1 / 2.02);  // six repeats: from the smallest to the largest
  EXPECT_DOUBLE_EQ(rate.bounds->high, 1 / 1.98);
  EXPECT_EQ(rate.ratio->first_count, 6U);
  EXPECT_EQ(rate.position, Position::behind);
  EXPECT_EQ(rate.reason, "");
  const AgainstRatio& cpu = all[0].rivals[0].ratios.at(1);
  EXPECT_NEAR(cpu.ratio->ratio, 2.01, 0.01) << "the same CPU time for half of the requests";
  EXPECT_EQ(cpu.position, Position::behind) << "more of a cost is worse";
}

TEST(AgainstLeaders, WithOneInTheIntervalItCannotBeTold) {
  const auto comparison = comparison_of_rates(
      {{"fork", {100, 100, 100, 100, 100, 100, 98}}, {"epoll", {101, 102, 99, 103, 98, 104, 99}}});
  const AgainstRatio rate = against_in(comparison).at(0).rivals.at(0).ratios.at(0);
  EXPECT_TRUE(rate.is_sure());
  EXPECT_EQ(rate.position, Position::cannot_be_told);
  EXPECT_EQ(rate.reason, "the interval does not lie on one side of 1");
}

TEST(AgainstLeaders, BelowSixRepeatsAllOfThemMustAgree) {
  const auto comparison = comparison_of_rates({{"fork", {110, 100, 90}}, {"epoll", {200, 200, 200}}});
  const AgainstRatio rate = against_in(comparison).at(0).rivals.at(0).ratios.at(0);
  EXPECT_FALSE(rate.is_sure());
  ASSERT_TRUE(rate.bounds);
  EXPECT_DOUBLE_EQ(rate.bounds->low, 0.45);
  EXPECT_DOUBLE_EQ(rate.bounds->high, 0.55);
  EXPECT_DOUBLE_EQ(rate.bounds->confidence, 0.75);
  EXPECT_EQ(rate.position, Position::behind);

  const auto mixed = comparison_of_rates({{"fork", {110, 100, 201}}, {"epoll", {200, 200, 200}}});
  const AgainstRatio open = against_in(mixed).at(0).rivals.at(0).ratios.at(0);
  EXPECT_EQ(open.position, Position::cannot_be_told);
  EXPECT_EQ(open.reason, "the repeats do not all lie on one side of 1");
}

TEST(AgainstLeaders, TwoRepeatsSayNothing) {
  const auto comparison = comparison_of_rates({{"fork", {100, 100}}, {"epoll", {200, 200}}});
  const AgainstRatio rate = against_in(comparison).at(0).rivals.at(0).ratios.at(0);
  EXPECT_DOUBLE_EQ(rate.ratio->ratio, 0.5);
  EXPECT_FALSE(rate.bounds);
  EXPECT_EQ(rate.position, Position::cannot_be_told);
  EXPECT_EQ(rate.reason, "too few repeats: it takes 3");
}

TEST(AgainstLeaders, OnlyRepeatsThatBothHaveCount) {
  auto file = file_of_rates({{"fork", drifting}, {"epoll", faster}});
  std::erase_if(file.trials,
                [](const json& trial) { return trial["subject"] == "fork" && trial["repeat"] == 3; });
  const auto comparison = compare({file});
  EXPECT_EQ(against_in(comparison).at(0).rivals.at(0).ratios.at(0).ratio->first_count, 5U);
}

constexpr LimitCounts by_the_generator{6, 6, 0, 0, 0};

// The server could have done more than was measured.
TEST(AgainstLeaders, OfARivalThatTheGeneratorHeldBackNobodyCanSayThatItIsBehind) {
  auto comparison = comparison_of_rates({{"fork", drifting}, {"epoll", faster}});
  comparison.scenarios[0].rows[0].limits = by_the_generator;
  const auto all = against_in(comparison);
  const AgainstRatio& rate = all.at(0).rivals.at(0).ratios.at(0);
  EXPECT_EQ(rate.hidden, Hidden::more);
  EXPECT_EQ(rate.position, Position::cannot_be_told);
  EXPECT_EQ(rate.reason, "the load generator held fork back");
  const AgainstRatio& cpu = all[0].rivals[0].ratios.at(1);
  EXPECT_EQ(cpu.hidden, Hidden::nothing) << "a cost is what it is whoever was the limit";
  EXPECT_EQ(cpu.position, Position::behind);
  EXPECT_EQ(all[0].rivals[0].ratios.at(2).hidden, Hidden::less)
      << "less load might have been answered sooner";
}

TEST(AgainstLeaders, WhoIsBehindAFirstThatWasHeldBackIsBehindByThatOrMore) {
  auto comparison = comparison_of_rates({{"fork", drifting}, {"epoll", faster}});
  auto& rows = comparison.scenarios[0].rows;
  rows[1].limits = by_the_generator;
  const AgainstRatio rate = against_in(comparison).at(0).rivals.at(0).ratios.at(0);
  EXPECT_EQ(rate.hidden, Hidden::less);
  EXPECT_EQ(rate.position, Position::behind);
  rows[0].limits = by_the_generator;
  const AgainstRatio both = against_in(comparison).at(0).rivals.at(0).ratios.at(0);
  EXPECT_EQ(both.hidden, Hidden::either);
  EXPECT_EQ(both.reason, "the load generator held fork and epoll back");
}

TEST(AgainstLeaders, LatenciesOfAnInstrumentThatIsOffAreNotCompared) {
  auto comparison = comparison_of_rates({{"fork", drifting}, {"epoll", faster}});
  EXPECT_TRUE(against_in(comparison).at(0).rivals.at(0).ratios.at(2).ratio);
  comparison.runs[0].instrument_problem = "its p50 was off";
  const auto all = against_in(comparison);
  EXPECT_FALSE(all.at(0).rivals.at(0).ratios.at(2).ratio);
  EXPECT_THAT(all[0].rivals[0].ratios[2].reason, HasSubstr("self-test"));
  EXPECT_TRUE(all[0].rivals[0].ratios[1].ratio);
}

TEST(AgainstLeaders, AtASetRateTheFirstIsWhoTakesTheLeastCpuTime) {
  auto file = file_of_rates({{"fork", drifting}, {"epoll", faster}});
  file.scenarios[0]["load"]["arrivals"] = {{"process", "poisson"}, {"rate_per_s", 1000}};
  const auto comparison = compare({file});
  const auto all = against_in(comparison);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].leader->subject, "epoll");
  EXPECT_EQ(all[0].ranked_by, Metric::cpu_us_per_request);
  EXPECT_THAT(all[0].metrics, ElementsAre(Metric::cpu_us_per_request, Metric::response_p99_ns));
  const auto& ratios = all[0].rivals.at(0).ratios;
  EXPECT_EQ(ratios.at(0).position, Position::behind);
  EXPECT_FALSE(ratios.at(1).ratio);
  EXPECT_EQ(ratios[1].reason, "no repeat has a valid trial of both with that figure");
}

TEST(AgainstLeaders, AnInvalidCellIsComparedWithNothing) {
  auto comparison = comparison_of_rates({{"fork", drifting}, {"epoll", faster}, {"thread", drifting}});
  comparison.scenarios[0].rows[0].trials[0].integrity = {{"lost", 1}};
  const auto all = against_in(comparison);
  ASSERT_EQ(all.at(0).rivals.size(), 2U);
  EXPECT_THAT(all[0].rivals[0].ratios, IsEmpty());
  EXPECT_THAT(all[0].rivals[1].ratios, testing::SizeIs(3));
  comparison.scenarios[0].rows[2].trials[0].integrity = {{"lost", 1}};
  EXPECT_THAT(against_in(comparison), IsEmpty()) << "nobody is left";
}

TEST(AgainstLeaders, EachRunHasItsOwn) {
  auto other = file_of_rates({{"fork", faster}, {"epoll", drifting}});
  other.path = "b.jsonl";
  const auto comparison = compare({file_of_rates({{"fork", drifting}, {"epoll", faster}}), other});
  const auto all = against_in(comparison);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].leader->label, "epoll @ a");
  EXPECT_EQ(all[1].leader->label, "fork @ b");
  EXPECT_EQ(all[1].rivals.at(0).row->label, "epoll @ b");
}

}  // namespace
}  // namespace threadmill::results
