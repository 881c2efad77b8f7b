#include "servers/cluster/log_writer.h"

#include <gmock/gmock.h>

#include "tests/servers/members.h"
#include "tests/servers/staged_log.h"

namespace threadmill::servers {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kWriteMs = 1'000'000;

class Waiter : public DeedWaiter {
 public:
  void on_outcome(const TopicDeed&, const DeedOutcome&) override {}
};

class LogWriterTest : public testing::Test {
 protected:
  void add(const std::string& payload) {
    writer.add({TopicDeed::Kind::publish, "t", payload}, &waiter, member, now_ns);
  }
  /// The payloads of an attempt.
  std::string payloads(std::size_t attempt) {
    const auto entry = decode_entry(log.attempts.at(attempt).second);
    std::string all;
    for (const auto& deed : entry->deeds) all += deed.payload;
    return all;
  }

  StagedStore store;
  StagedLog log{store};
  RecordingMember member;
  Waiter waiter;
  std::int64_t now_ns = 0;
  LogWriter writer{log,
                   7,
                   {.entry_bytes = 60,
                    .again_after = std::chrono::milliseconds(500),
                    .confirm_within = std::chrono::milliseconds(5000)}};
};

TEST_F(LogWriterTest, PutsTogetherWhatComesWhileAnEntryIsUnderWay) {
  add("a");
  writer.send(now_ns);
  add("b");
  add("c");
  writer.send(now_ns);
  ASSERT_THAT(log.attempts, SizeIs(1)) << "one entry at a time keeps the order";
  EXPECT_THAT(writer.confirm(1), SizeIs(1));
  writer.send(now_ns);
  ASSERT_THAT(log.attempts, SizeIs(2));
  EXPECT_EQ(payloads(1), "bc");
}

TEST_F(LogWriterTest, AnEntryIsNoLongerThanItMayBeUnlessOneDeedIs) {
  add(std::string(100, 'x'));
  for (int i = 0; i < 9; ++i) add("y");
  for (std::uint64_t number = 1; number <= 4; ++number) {
    writer.send(now_ns);
    writer.confirm(number);
  }
  ASSERT_THAT(log.attempts, SizeIs(4));
  EXPECT_EQ(payloads(0), std::string(100, 'x'));
  EXPECT_EQ(payloads(1), "yyyy");
  EXPECT_LE(log.attempts[1].second.size(), 60U);
  EXPECT_EQ(payloads(2) + payloads(3), "yyyyy");
}

TEST_F(LogWriterTest, SendsTheSameEntryAgainAfterSilence) {
  add("a");
  writer.send(now_ns);
  writer.send_again(now_ns + 499 * kWriteMs);
  EXPECT_THAT(log.attempts, SizeIs(1));
  writer.send_again(now_ns + 500 * kWriteMs);
  ASSERT_THAT(log.attempts, SizeIs(2));
  EXPECT_EQ(log.attempts[0], log.attempts[1]) << "the log knows it by its id";
  EXPECT_EQ(writer.retries(), 1U);
}

TEST_F(LogWriterTest, SendsAgainAtOnceWhatWasRefused) {
  add("a");
  writer.send(now_ns);
  writer.on_refusal("no leader");
  writer.send_again(now_ns + 50 * kWriteMs);
  EXPECT_THAT(log.attempts, SizeIs(2));
  EXPECT_THAT(writer.why_given_up(), HasSubstr("no leader"));
}

TEST_F(LogWriterTest, GivesUpWhatTheLogDoesNotConfirmInTime) {
  add("a");
  writer.send(now_ns);
  now_ns = 3000 * kWriteMs;
  add("b");
  EXPECT_THAT(writer.give_up(4999 * kWriteMs), IsEmpty());
  EXPECT_THAT(writer.give_up(5000 * kWriteMs), SizeIs(1));
  EXPECT_THAT(writer.confirm(1), IsEmpty()) << "late";
  EXPECT_THAT(writer.give_up(8000 * kWriteMs), SizeIs(1));
  EXPECT_THAT(writer.why_given_up(), HasSubstr("within 5 s"));
}

TEST_F(LogWriterTest, ForgetsWhoIsGone) {
  add("a");
  writer.send(now_ns);
  add("b");
  writer.forget(waiter);
  EXPECT_EQ(writer.confirm(1).front().waiter, nullptr);
  writer.send(now_ns);
  EXPECT_EQ(writer.confirm(2).front().waiter, nullptr);
}

}  // namespace
}  // namespace threadmill::servers
