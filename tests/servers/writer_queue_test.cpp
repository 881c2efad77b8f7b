#include "servers/net/writer_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/servers/members.h"

namespace threadmill::servers {
namespace {

/// Room for eight publications of 100 bytes, each with its chunk.
constexpr std::size_t kRoomBytes = 8 * (100 + 128);

class WriterQueueTest : public testing::Test {
 protected:
  /// What one look at the queue gives.
  std::string take() {
    Outbox writing(2 * kRoomBytes);
    over = !queue.take(writing);
    return drain(writing);
  }
  bool append(std::string_view bytes) {
    Outbox replies(1 << 20);
    replies.append(bytes);
    return queue.append(replies);
  }

  std::atomic<int> drained = 0;
  bool over = false;
  WriterQueue queue{kRoomBytes, [this] { ++drained; }};
};

TEST_F(WriterQueueTest, GivesAllThatWaitsAtOnceAndInOrder) {
  EXPECT_TRUE(queue.push(share({"one "})));
  EXPECT_TRUE(append("two "));
  EXPECT_TRUE(queue.push(share({"three"})));
  EXPECT_EQ(take(), "one two three");
}

TEST_F(WriterQueueTest, RefusesWhatDoesNotFitWhileTheSocketTakesNoMore) {
  queue.set_blocked(true);
  int taken = 0;
  while (queue.push(share({std::string(100, 'x')}))) ++taken;
  EXPECT_EQ(taken, 8);
}

TEST_F(WriterQueueTest, WhatIsBeingWrittenCountsUntilTheNextLook) {
  queue.push(share({std::string(900, 'x')}));
  Outbox writing(2 * kRoomBytes);
  ASSERT_TRUE(queue.take(writing));
  queue.set_blocked(true);
  EXPECT_FALSE(queue.push(share({std::string(900, 'y')})));
  drain(writing);
  queue.set_blocked(false);
  queue.push(share({"y"}));
  ASSERT_TRUE(queue.take(writing));
  EXPECT_EQ(drain(writing), "y");
}

TEST_F(WriterQueueTest, WaitsForAThreadThatIsOnlyBehindAndLosesNothing) {
  constexpr int kMessages = 10'000;
  std::string received;
  std::thread writer([&] {
    Outbox writing(2 * kRoomBytes);
    while (queue.take(writing)) received += drain(writing);
  });
  std::string expected;
  for (int i = 0; i < kMessages; ++i) {
    const std::string text = std::to_string(i) + " ";
    ASSERT_TRUE(queue.push(share({text})));
    expected += text;
  }
  queue.close();
  writer.join();
  EXPECT_TRUE(received == expected);
}

TEST_F(WriterQueueTest, ABlockedThreadDoesNotHoldUpWhoHandsOver) {
  std::thread full([&] {
    Outbox writing(2 * kRoomBytes);
    queue.take(writing);
    queue.set_blocked(true);
  });
  int pushed = 0;
  while (queue.push(share({std::string(100, 'x')}))) ++pushed;
  EXPECT_GE(pushed, 8);
  full.join();
}

TEST_F(WriterQueueTest, RepliesMayPassTheLimitButNotForEver) {
  queue.set_blocked(true);
  while (queue.push(share({std::string(100, 'x')}))) {
  }
  EXPECT_TRUE(append(std::string(500, 'r')));
  EXPECT_FALSE(append(std::string(2 * kRoomBytes, 'r')));
}

TEST_F(WriterQueueTest, EndsWhenAllIsWrittenAfterItIsClosed) {
  queue.push(share({"last"}));
  queue.close();
  EXPECT_EQ(take(), "last");
  EXPECT_FALSE(over);
  EXPECT_EQ(take(), "");
  EXPECT_TRUE(over);
}

TEST_F(WriterQueueTest, ForgetsEverythingWhenItIsAbandoned) {
  queue.push(share({"unwanted"}));
  queue.abandon();
  EXPECT_EQ(take(), "");
  EXPECT_TRUE(over);
}

TEST_F(WriterQueueTest, AFailedConnectionTakesAnythingAndKeepsNothing) {
  queue.fail();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(queue.push(share({std::string(1000, 'x')})));
  EXPECT_TRUE(append("reply"));
  EXPECT_EQ(take(), "");
}

TEST_F(WriterQueueTest, TellsWhoRestsWhenAllIsWritten) {
  EXPECT_FALSE(queue.rest_while_blocked()) << "there is nothing to wait for";
  queue.push(share({"one"}));
  EXPECT_EQ(take(), "one");
  queue.set_blocked(true);
  EXPECT_TRUE(queue.rest_while_blocked());
  queue.set_blocked(false);
  queue.push(share({"two"}));
  EXPECT_EQ(take(), "two");
  EXPECT_EQ(drained.load(), 0) << "something was waiting";
  queue.close();
  take();
  EXPECT_EQ(drained.load(), 1);
}

}  // namespace
}  // namespace threadmill::servers
