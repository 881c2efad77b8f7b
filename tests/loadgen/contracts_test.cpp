#include "loadgen/contracts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace threadmill::load {
namespace {

std::string broken(const Integrity& integrity) {
  const auto contracts = integrity_verdict(integrity, 100);
  if (!contracts) return "nothing";
  std::string names;
  if (!contracts->at_most_once.kept) names += "most ";
  if (!contracts->at_least_once.kept) names += "least ";
  if (!contracts->exactly_once.kept) names += "exactly ";
  if (!contracts->ordered_per_publisher.kept) names += "ordered ";
  return names;
}

TEST(Contracts, AreKeptWhereNothingIsWrong) {
  EXPECT_EQ(broken({}), "");
  EXPECT_EQ(integrity_verdict({}, 100)->at_least_once.reason, "no message was lost");
}

TEST(Contracts, EachCounterBreaksItsOwn) {
  EXPECT_EQ(broken({.corrupt = 1}), "most exactly ");
  EXPECT_EQ(broken({.lost = 1}), "least exactly ");
  EXPECT_EQ(broken({.repeated = 1}), "most exactly ");
  EXPECT_EQ(broken({.reordered = 1}), "ordered ");
  EXPECT_EQ(broken({.misdelivered = 1}), "most exactly ");
}

TEST(Contracts, SayWhatBrokeThemAndHowOften) {
  const auto contracts = integrity_verdict({.corrupt = 2, .lost = 4, .repeated = 3, .reordered = 5}, 0);
  ASSERT_TRUE(contracts) << "what went wrong was a message too";
  EXPECT_EQ(contracts->at_most_once.violations, 5U);
  EXPECT_EQ(contracts->at_most_once.reason, "messages 3 repeated, 2 corrupt");
  EXPECT_EQ(contracts->exactly_once.violations, 9U);
  const auto json = to_json(*contracts);
  EXPECT_EQ(json["ordered_per_publisher"]["verdict"], "broken");
  EXPECT_EQ(json["ordered_per_publisher"]["violations"], 5);
  EXPECT_EQ(json["ordered_per_publisher"]["reason"], "messages 5 reordered");
  EXPECT_EQ(to_json(*integrity_verdict({}, 1))["exactly_once"]["verdict"], "kept");
}

TEST(Contracts, NothingIsJudgedWithoutAMessage) { EXPECT_EQ(integrity_verdict({}, 0), std::nullopt); }

}  // namespace
}  // namespace threadmill::load
