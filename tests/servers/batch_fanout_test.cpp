#include "servers/core/batch_fanout.h"

#include <gtest/gtest.h>

#include "servers/core/local_fanout.h"
#include "tests/servers/members.h"

namespace threadmill::servers {
namespace {

class BatchFanoutTest : public testing::Test {
 protected:
  LocalFanout topics;
  BatchFanout batches{topics, 100};
  RecordingMember a;
  RecordingMember b;
};

TEST_F(BatchFanoutTest, GivesAllSubscribersOneSharedBatchPerFlush) {
  batches.join("t", a);
  batches.join("t", b);
  EXPECT_EQ(batches.publish("t", {"one "}), 2U);
  EXPECT_EQ(batches.publish("t", {"two "}), 2U);
  EXPECT_EQ(a.deliveries, 0);
  batches.flush();
  EXPECT_EQ(a.deliveries, 1);
  EXPECT_EQ(a.received, "one two ");
  EXPECT_EQ(a.last->messages, 2U);
  EXPECT_EQ(a.last, b.last);
}

TEST_F(BatchFanoutTest, WhoJoinsLaterDoesNotGetWhatWasPublishedBefore) {
  batches.join("t", a);
  batches.publish("t", {"before "});
  batches.join("t", b);
  EXPECT_EQ(batches.publish("t", {"after "}), 2U);
  batches.flush();
  EXPECT_EQ(a.received, "before after ");
  EXPECT_EQ(b.received, "after ");
}

TEST_F(BatchFanoutTest, WhoLeavesStillGetsWhatWasPublishedBefore) {
  batches.join("t", a);
  batches.publish("t", {"before "});
  batches.leave("t", a);
  EXPECT_EQ(a.received, "before ");
  EXPECT_EQ(batches.publish("t", {"after "}), 0U);
  batches.flush();
  EXPECT_EQ(a.received, "before ");
}

TEST_F(BatchFanoutTest, ALongBatchGoesOutByItself) {
  batches.join("t", a);
  batches.publish("t", {std::string(60, 'x')});
  EXPECT_EQ(a.deliveries, 0);
  batches.publish("t", {std::string(60, 'y')});
  EXPECT_EQ(a.deliveries, 1);
}

TEST_F(BatchFanoutTest, CountsTheMembersThatATopicHasWhenItsBatchBegins) {
  batches.join("t", a);
  EXPECT_EQ(batches.publish("t", {"one "}), 1U);
  EXPECT_EQ(batches.waiting(), 1U);
  batches.flush();
  EXPECT_EQ(batches.waiting(), 0U);
  batches.join("t", b);
  EXPECT_EQ(batches.publish("t", {"two "}), 2U);
  batches.leave("t", a);
  batches.leave("t", b);
  EXPECT_EQ(batches.publish("t", {"three "}), 0U);
  EXPECT_EQ(batches.waiting(), 0U);
}

// A batch may wait in outboxes, where it is charged for what it is long.
TEST_F(BatchFanoutTest, AShortBatchAfterALongOneHoldsLittleMemory) {
  batches.join("t", a);
  batches.publish("t", {std::string(90, 'x')});
  batches.flush();
  batches.publish("t", {"short"});
  batches.flush();
  EXPECT_LE(a.last->bytes.capacity(), 2 * std::string("short").capacity());
  EXPECT_EQ(a.last->bytes, "short");
}

TEST_F(BatchFanoutTest, TopicsDoNotMix) {
  batches.join("t", a);
  batches.join("u", b);
  batches.publish("t", {"for a "});
  batches.publish("u", {"for b "});
  EXPECT_EQ(batches.publish("nobody", {"lost "}), 0U);
  batches.flush();
  EXPECT_EQ(a.received, "for a ");
  EXPECT_EQ(b.received, "for b ");
}

}  // namespace
}  // namespace threadmill::servers
