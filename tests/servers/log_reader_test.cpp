#include "servers/cluster/log_reader.h"

#include <gmock/gmock.h>

#include "tests/servers/staged_log.h"

namespace threadmill::servers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kReadMs = 1'000'000;

class LogReaderTest : public testing::Test {
 protected:
  void take() {
    for (auto& news : log.take_news()) reader.take(std::move(news), now_ns);
  }
  /// The entry arrives by itself.
  void arrives(std::uint64_t sequence) {
    log.tell_entry(sequence);
    take();
  }
  void answered() {
    log.answer();
    take();
  }

  StagedStore store{.entries = {"1", "2", "3", "4", "5", "6"}};
  StagedLog log{store};
  std::vector<std::string> got;
  std::int64_t now_ns = 1'000 * kReadMs;
  LogReader reader{log, 0, [this](std::uint64_t sequence, std::string_view bytes) {
                     EXPECT_EQ(bytes, std::to_string(sequence));
                     got.emplace_back(bytes);
                   }};
};

TEST_F(LogReaderTest, PassesOnWhatComesInOrderAndAsksNobody) {
  for (const std::uint64_t sequence : {1U, 2U, 3U}) arrives(sequence);
  EXPECT_THAT(got, ElementsAre("1", "2", "3"));
  EXPECT_THAT(log.asked, IsEmpty());
}

TEST_F(LogReaderTest, PassesOnNothingTwice) {
  for (const std::uint64_t sequence : {1U, 2U, 1U, 2U}) arrives(sequence);
  EXPECT_THAT(got, ElementsAre("1", "2"));
}

TEST_F(LogReaderTest, AsksForWhatIsMissingAndKeepsTheRestUntilThen) {
  arrives(1);
  arrives(3);
  arrives(4);
  EXPECT_THAT(got, ElementsAre("1"));
  EXPECT_THAT(log.asked, ElementsAre(2));
  answered();
  EXPECT_THAT(got, ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(reader.fetched(), 1U);
}

TEST_F(LogReaderTest, FetchesOneAfterTheOtherUntilThereIsNone) {
  log.news.push_back({.kind = LogNews::Kind::again});
  take();
  for (int i = 0; i < 7; ++i) answered();
  EXPECT_THAT(got, ElementsAre("1", "2", "3", "4", "5", "6"));
  EXPECT_THAT(log.asked, IsEmpty());
}

TEST_F(LogReaderTest, LooksForTheLatestEntryWhenNothingCame) {
  arrives(1);
  reader.look(now_ns + 10 * kReadMs);
  EXPECT_THAT(log.asked, IsEmpty());
  reader.look(now_ns + 300 * kReadMs);
  EXPECT_THAT(log.asked, ElementsAre(2));
}

TEST_F(LogReaderTest, AsksAgainWhereThereIsNoAnswer) {
  arrives(2);
  EXPECT_THAT(log.asked, ElementsAre(1));
  reader.look(now_ns + 100 * kReadMs);
  EXPECT_THAT(log.asked, ElementsAre(1));
  reader.look(now_ns + 600 * kReadMs);
  EXPECT_THAT(log.asked, ElementsAre(1, 1));
}

TEST_F(LogReaderTest, CountsWhatTheLogNoLongerHas) {
  arrives(1);
  store.first = 4;
  arrives(6);
  answered();
  answered();
  EXPECT_THAT(got, ElementsAre("1", "4", "5", "6"));
  EXPECT_EQ(reader.lost(), 2U);
}

TEST_F(LogReaderTest, WhatIsTooMuchToKeepIsFetched) {
  LogReader small(log, 0, [this](std::uint64_t, std::string_view bytes) { got.emplace_back(bytes); },
                  {.ahead_bytes = 1});
  for (const std::uint64_t sequence : {2U, 3U}) {
    log.tell_entry(sequence);
    small.take(log.take_news().front(), now_ns);
  }
  for (int i = 0; i < 7; ++i) {
    log.answer();
    for (auto& news : log.take_news()) small.take(std::move(news), now_ns);
  }
  EXPECT_THAT(got, ElementsAre("1", "2", "3", "4", "5", "6"));
}

}  // namespace
}  // namespace threadmill::servers
