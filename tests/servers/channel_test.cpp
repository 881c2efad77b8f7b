#include "servers/core/channel.h"

#include <gmock/gmock.h>

#include "servers/core/batch_fanout.h"
#include "servers/core/chat_session.h"
#include "servers/core/event_history.h"
#include "servers/core/local_fanout.h"
#include "tests/servers/members.h"

namespace threadmill::servers {
namespace {

using testing::HasSubstr;

class ChannelTest : public testing::Test {
 protected:
  LocalFanout topics;
  EventHistory history{{}, "e"};
  RecordingMember resp;
  RecordingMember events;
};

TEST_F(ChannelTest, EachHearsTheMessageInItsOwnFormat) {
  topics.join("t", resp);
  topics.join(SseFace("t").name(), events);
  EXPECT_EQ(publish_message(topics, "t", "hi", &history), 2U);
  EXPECT_EQ(resp.received, "*3\r\n$7\r\nmessage\r\n$1\r\nt\r\n$2\r\nhi\r\n");
  EXPECT_EQ(events.received, "id: e-1\ndata: {\"topic\":\"t\",\"data\":\"hi\"}\n\n");
  EXPECT_EQ(subscriber_count(topics, "t", &history), 2U);
  EXPECT_EQ(subscribed_topics(topics), std::vector<std::string>{"t"});
}

TEST_F(ChannelTest, WithoutAHistoryOnlyRespIsSpoken) {
  topics.join(SseFace("t").name(), events);
  EXPECT_EQ(publish_message(topics, "t", "hi"), 0U);
  EXPECT_EQ(events.received, "");
}

TEST_F(ChannelTest, ATopicThatIsKeptRemembersWhatNobodyHeard) {
  history.create("t");
  EXPECT_EQ(publish_message(topics, "t", "hi", &history), 0U);
  EXPECT_EQ(publish_message(topics, "other", "hi", &history), 0U);
  EXPECT_EQ(history.message_count("t"), 1U);
  EXPECT_EQ(history.last_id(), "e-1");
}

TEST_F(ChannelTest, NobodySubscribesOrPublishesToAFaceByName) {
  topics.join(SseFace("t").name(), events);
  Outbox outbox(1 << 20);
  OutboxMember self(outbox);
  ChatSession session(topics, self, {}, &history);
  const std::string face = "$6\r\n" + std::string(SseFace("t").name()) + "\r\n";
  session.on_bytes("*3\r\n$7\r\nPUBLISH\r\n" + face + "$1\r\nx\r\n", outbox);
  EXPECT_THAT(drain(outbox), HasSubstr("reserved"));
  session.on_bytes("*2\r\n$9\r\nSUBSCRIBE\r\n" + face, outbox);
  EXPECT_THAT(drain(outbox), HasSubstr("reserved"));
  EXPECT_EQ(events.received, "");
  EXPECT_EQ(topics.member_count(SseFace("t").name()), 1U);
}

// A stream of several topics resumes from one id: what comes after it in the stream has to be newer.
TEST_F(ChannelTest, ABatchingFanoutKeepsTheOrderOfEventsAcrossTopics) {
  BatchFanout batches(topics, 1 << 20);
  batches.join(SseFace("a").name(), events);
  batches.join(SseFace("b").name(), events);
  std::string expected;
  for (const char* topic : {"a", "a", "b", "a", "b", "b"}) {
    publish_message(batches, topic, "x", &history);
    expected += "id: " + history.last_id() + "\ndata: {\"topic\":\"" + topic + "\",\"data\":\"x\"}\n\n";
  }
  batches.flush();
  EXPECT_EQ(events.received, expected);
  EXPECT_EQ(events.deliveries, 4) << "runs of one topic are batches";
}

TEST(Channel, ATopicThatNobodyMayHaveIsRefusedWithTheReason) {
  EXPECT_EQ(topic_fault(std::string(kMostTopicBytes, 'x'), kMostTopicBytes), "");
  EXPECT_EQ(topic_fault(std::string(kMostTopicBytes + 1, 'x'), kMostTopicBytes),
            "ERR topic name longer than the limit of 512 bytes");
  EXPECT_EQ(topic_fault(kHeartbeatFace, kMostTopicBytes),
            "ERR topic names that begin with a zero byte are reserved");
}

}  // namespace
}  // namespace threadmill::servers
