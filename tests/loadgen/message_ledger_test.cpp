#include "loadgen/message_ledger.h"

#include <gtest/gtest.h>

namespace threadmill::load {
namespace {

using Arrival = MessageLedger::Arrival;

TEST(MessageLedger, LacksWhatWasConfirmedAndHasNotReachedEverySubscriberOfItsTopic) {
  MessageLedger ledger({0, 1}, {0, 0, 1});
  EXPECT_EQ(ledger.begin(0, 5), 0U);
  EXPECT_EQ(ledger.begin(0, 6), 1U);
  EXPECT_EQ(ledger.begun_ns(0, 1), 6);
  EXPECT_EQ(ledger.missing(), 0U) << "nothing is confirmed";
  EXPECT_EQ(ledger.arrive(0, 0, 0), Arrival::first);
  ledger.confirm(0, 0);
  EXPECT_EQ(ledger.missing(), 1U) << "one of two subscribers lacks it";
  EXPECT_EQ(ledger.arrive(1, 0, 0), Arrival::first);
  EXPECT_EQ(ledger.missing(), 0U);
  EXPECT_EQ(ledger.begun(), 2U);
  EXPECT_EQ(ledger.confirmed(), 1U);
}

TEST(MessageLedger, KnowsWhatCameAgainAndWhatCameLate) {
  MessageLedger ledger({0}, {0});
  for (int i = 0; i < 3; ++i) ledger.begin(0, 1);
  EXPECT_EQ(ledger.arrive(0, 0, 2), Arrival::first);
  EXPECT_EQ(ledger.arrive(0, 0, 0), Arrival::reordered);
  EXPECT_EQ(ledger.arrive(0, 0, 0), Arrival::repeated);
  EXPECT_EQ(ledger.arrive(0, 0, 2), Arrival::repeated);
}

TEST(MessageLedger, KnowsWhatNobodyHasSent) {
  MessageLedger ledger({0, 1}, {0});
  ledger.begin(0, 1);
  ledger.begin(1, 1);
  EXPECT_EQ(ledger.arrive(0, 0, 1), Arrival::unknown);
  EXPECT_EQ(ledger.arrive(0, 2, 0), Arrival::unknown);
  EXPECT_EQ(ledger.arrive(0, 1, 0), Arrival::unknown) << "of another topic";
}

TEST(MessageLedger, GrowsWithMessagesAndWithTheirReceivers) {
  MessageLedger few({0}, {0});
  MessageLedger many({0}, std::vector<std::uint32_t>(1000, 0));
  for (auto* ledger : {&few, &many}) ledger->begin(0, 1);
  const auto of_one = few.size_bytes();
  EXPECT_GT(of_one, 0U);
  EXPECT_GT(many.size_bytes(), of_one + 100);
  for (int i = 0; i < 100; ++i) few.begin(0, 1);
  EXPECT_GT(few.size_bytes(), of_one * 50);
}

}  // namespace
}  // namespace threadmill::load
