#include "servers/core/event_history.h"

#include <gmock/gmock.h>

namespace threadmill::servers {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::size_t kAmple = 1 << 20;

class EventHistoryTest : public testing::Test {
 protected:
  std::string replay(const std::vector<std::string>& topics, const std::string& after,
                     std::size_t limit_bytes = kAmple) {
    return history.replay(topics, after, limit_bytes);
  }
  EventHistory history{{.topics = 2, .messages = 3, .bytes_per_topic = 200}, "e"};
};

std::string event(int number, const std::string& topic, const std::string& data) {
  const std::string n = std::to_string(number);
  return "id: e-" + n + "\ndata: {\"topic\":\"" + topic + "\",\"data\":\"" + data + "\"}\n\n";
}

TEST_F(EventHistoryTest, EncodesOnOneLineAndReplacesWhatIsNoText) {
  EXPECT_EQ(history.append("a", "x\ny\"z"), event(1, "a", "x\\ny\\\"z"));
  EXPECT_EQ(history.append("a", "\xff"), event(2, "a", "\xef\xbf\xbd"));
}

TEST_F(EventHistoryTest, ReplaysWhatWasMissedOfAllTopicsInOrder) {
  history.create("a");
  history.create("b");
  history.append("a", "1");
  history.append("b", "2");
  history.append("a", "3");
  history.append("c", "4");
  EXPECT_EQ(replay({"a", "b"}, "e-1"), event(2, "b", "2") + event(3, "a", "3"));
  EXPECT_EQ(replay({"a"}, "e-1"), event(3, "a", "3"));
  EXPECT_EQ(replay({"a", "b"}, "e-4"), "");
  EXPECT_EQ(replay({"a", "b"}, "0"), event(1, "a", "1") + event(2, "b", "2") + event(3, "a", "3"));
  EXPECT_EQ(history.last_id(), "e-4");
}

TEST_F(EventHistoryTest, ForgetsTheOldestAndSaysSo) {
  history.create("a");
  for (int i = 1; i <= 5; ++i) history.append("a", std::to_string(i));
  EXPECT_EQ(history.message_count("a"), 3U);
  EXPECT_THAT(replay({"a"}, "e-1"), StartsWith("event: gap\ndata: {\"topics\":[\"a\"]}\n\nid: e-3\n"));
  EXPECT_THAT(replay({"a"}, "e-2"), StartsWith("id: e-3\n"));
}

TEST_F(EventHistoryTest, WhatIsLongerThanItsLimitOfBytesIsNotKeptAndPushesNothingOut) {
  history.create("a");
  history.append("a", "short");
  history.append("a", std::string(300, 'x'));
  EXPECT_EQ(history.message_count("a"), 1U);
  EXPECT_THAT(replay({"a"}, "e-1"), StartsWith("event: gap"));
}

TEST_F(EventHistoryTest, AReplayKeepsTheNewestWithinItsLimit) {
  history.create("a");
  for (int i = 1; i <= 3; ++i) history.append("a", std::to_string(i));
  const std::string two = event(2, "a", "2") + event(3, "a", "3");
  EXPECT_THAT(replay({"a"}, "e-0", two.size()), testing::EndsWith("\n\n" + two));
  EXPECT_THAT(replay({"a"}, "e-0", two.size()), StartsWith("event: gap"));
}

TEST_F(EventHistoryTest, AnIdOfAnotherProcessIsAGap) {
  history.create("a");
  history.append("a", "1");
  for (const char* id : {"f-1", "e", "e-", "e-x", "e-1x", "e-99999999999999999999"}) {
    EXPECT_THAT(replay({"a"}, id), StartsWith("event: gap")) << id;
    EXPECT_THAT(replay({"a"}, id), HasSubstr("id: e-1\n")) << id;
  }
}

TEST_F(EventHistoryTest, BoundsItsTopics) {
  EXPECT_EQ(history.create("a"), EventHistory::Creation::created);
  EXPECT_EQ(history.create("a"), EventHistory::Creation::existed);
  EXPECT_EQ(history.create("b"), EventHistory::Creation::created);
  EXPECT_EQ(history.create("c"), EventHistory::Creation::full);
  EXPECT_TRUE(history.erase("a"));
  EXPECT_FALSE(history.erase("a"));
  EXPECT_EQ(history.create("c"), EventHistory::Creation::created);
}

TEST_F(EventHistoryTest, WhereAllIsFullTheOneGoesThatNobodyHearsAndWasSilentForLongest) {
  for (const char* topic : {"a", "b"}) history.create(topic);
  history.append("a", "1");
  const auto nobody = [](std::string_view) { return false; };
  EXPECT_EQ(history.create("c", [](std::string_view) { return true; }), EventHistory::Creation::full);
  EXPECT_EQ(history.create("c", nobody), EventHistory::Creation::created);
  EXPECT_TRUE(history.keeps("a")) << "something was said there";
  EXPECT_FALSE(history.keeps("b"));
  EXPECT_EQ(history.create("d", [](std::string_view topic) { return topic == "c"; }),
            EventHistory::Creation::created);
  EXPECT_FALSE(history.keeps("a"));
  EXPECT_TRUE(history.keeps("c"));
}

TEST_F(EventHistoryTest, WhatWasErasedIsAGapWhenTheTopicIsBack) {
  history.create("a");
  history.append("a", "1");
  history.append("a", "2");
  history.erase("a");
  history.create("a");
  history.append("a", "3");
  EXPECT_THAT(replay({"a"}, "e-1"), StartsWith("event: gap"));
  EXPECT_EQ(replay({"a"}, "e-2"), event(3, "a", "3")) << "all that was erased had been seen";
}

}  // namespace
}  // namespace threadmill::servers
