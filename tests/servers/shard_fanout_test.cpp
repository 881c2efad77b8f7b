#include "servers/net/shard_fanout.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <atomic>
#include <thread>

#include "tests/servers/members.h"

namespace threadmill::servers {
namespace {

class ShardFanoutTest : public testing::Test {
 protected:
  ShardGroup group{2, 100'000};
  ShardFanout here{group, 0};
  ShardFanout there{group, 1};
  RecordingMember near;
  RecordingMember far;
};

TEST_F(ShardFanoutTest, CountsAndReachesTheMembersOfEveryLoop) {
  here.join("t", near);
  there.join("t", far);
  EXPECT_EQ(here.publish("t", {"one "}), 2U);
  EXPECT_EQ(there.publish("t", {"two "}), 2U);
  EXPECT_EQ(here.publish("other", {"lost "}), 0U);
  here.take_mail();
  there.take_mail();
  EXPECT_EQ(near.received, "one two ");
  EXPECT_EQ(far.received, "one two ");
  EXPECT_EQ(here.topics(), std::vector<std::string>{"t"});
}

TEST_F(ShardFanoutTest, AllLoopsShareOnePublication) {
  here.join("t", near);
  there.join("t", far);
  here.publish("t", {"bytes"});
  there.take_mail();
  EXPECT_EQ(near.last, far.last);
}

TEST_F(ShardFanoutTest, NobodyWritesToALoopWithoutMembers) {
  here.join("t", near);
  here.publish("t", {"one"});
  Mail mail;
  EXPECT_FALSE(group.mailboxes[1]->take(mail));
}

TEST_F(ShardFanoutTest, WhoJoinsLaterDoesNotGetWhatWasPublishedBefore) {
  RecordingMember late;
  there.join("t", far);
  here.publish("t", {"before "});
  there.join("t", late);
  here.publish("t", {"after "});
  there.take_mail();
  EXPECT_EQ(far.received, "before after ");
  EXPECT_EQ(late.received, "after ");
}

TEST_F(ShardFanoutTest, WhoLeavesStillGetsWhatWasPublishedBefore) {
  there.join("t", far);
  here.publish("t", {"before "});
  there.leave("t", far);
  EXPECT_EQ(here.publish("t", {"after "}), 0U);
  EXPECT_EQ(far.received, "before ");
  EXPECT_TRUE(here.topics().empty());
}

// A client that heard of the first message may cause the second.
TEST_F(ShardFanoutTest, WhatWasPublishedElsewhereBeforeComesFirst) {
  there.join("t", far);
  here.publish("t", {"cause "});
  there.publish("t", {"effect "});
  EXPECT_EQ(far.received, "cause effect ");
}

TEST_F(ShardFanoutTest, ALoopThatHasEndedIsWrittenToInVain) {
  there.join("t", far);
  group.mailboxes[1]->close();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(here.publish("t", {std::string(10'000, 'x')}), 1U);
  EXPECT_EQ(far.received, "");
}

TEST_F(ShardFanoutTest, KeepsSocketsForTheLoop) {
  os::Descriptor socket(::eventfd(0, EFD_CLOEXEC));
  const int fd = socket.get();
  group.mailboxes[0]->post(socket);
  here.publish("t", {"one"});  // which looks at the mail
  const auto sockets = here.take_sockets();
  ASSERT_EQ(sockets.size(), 1U);
  EXPECT_EQ(sockets[0].get(), fd);
  EXPECT_TRUE(here.take_sockets().empty());
}

// Each publishes far more than the other's mailbox holds before it looks at its own.
TEST_F(ShardFanoutTest, TwoLoopsThatFloodEachOtherLoseNothingAndDoNotLockUp) {
  constexpr int kMessages = 2000;
  std::atomic<int> joined = 0;
  const auto flood = [&](ShardFanout& fanout, RecordingMember& member) {
    fanout.join("t", member);
    ++joined;
    while (joined < 2) std::this_thread::yield();
    for (int i = 0; i < kMessages; ++i) EXPECT_EQ(fanout.publish("t", {std::string(1000, 'x')}), 2U);
    ++joined;
    while (joined < 4) fanout.take_mail();
    fanout.take_mail();
  };
  std::thread other([&] { flood(there, far); });
  flood(here, near);
  other.join();
  EXPECT_EQ(near.received.size(), 2U * kMessages * 1000);
  EXPECT_EQ(far.received.size(), 2U * kMessages * 1000);
}

TEST_F(ShardFanoutTest, ComingAndGoingWhileAnotherLoopPublishesIsSafe) {
  std::atomic<bool> done = false;
  there.join("t", far);
  std::thread publisher([&] {
    for (int i = 0; i < 5000; ++i) here.publish("t", {"x"});
    done = true;
  });
  RecordingMember guest;
  while (!done) {
    there.join("t", guest);
    there.leave("t", guest);
    there.take_mail();
  }
  publisher.join();
  there.take_mail();
  EXPECT_EQ(far.received.size(), 5000U);
  EXPECT_LE(guest.received.size(), 5000U);
}

TEST(TopicDirectory, KnowsWhichLoopsHaveMembers) {
  TopicDirectory directory(3);
  directory.join("t", 0);
  directory.join("t", 2);
  directory.join("t", 2);
  EXPECT_EQ(directory.find("t").count, 3U);
  EXPECT_EQ(directory.find("t").loops, 0b101U);
  directory.leave("t", 2);
  directory.leave("t", 2);
  EXPECT_EQ(directory.find("t").loops, 0b001U);
  directory.leave("t", 2);
  EXPECT_EQ(directory.find("t").count, 1U) << "a leave without a join counts for nothing";
  directory.leave("t", 0);
  EXPECT_TRUE(directory.topics().empty());
}

}  // namespace
}  // namespace threadmill::servers
