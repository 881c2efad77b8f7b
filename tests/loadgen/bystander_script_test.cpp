#include <gtest/gtest.h>

#include "loadgen/bystanders/script.h"
#include "protocol/resp_command.h"

namespace threadmill::load {
namespace {

resp::CommandParse::Status status_of(const std::string& bytes) {
  std::vector<std::string_view> words;
  std::vector<std::string> unquoted;
  return resp::parse_command(bytes, {}, words, unquoted).status;
}

TEST(BystanderScript, EchoAnswersEvenHalfAMessage) {
  const auto script = echo_script(64);
  EXPECT_EQ(script.request.size(), 64U);
  EXPECT_EQ(script.half_request.size(), 32U);
  EXPECT_EQ(script.half_answer_bytes, 32U);
  EXPECT_EQ(echo_script(1).half_request, "");
}

TEST(BystanderScript, ASubscriberSubscribesAndLeavesHalfAPublish) {
  const auto script = pubsub_script("topic-0", 100);
  EXPECT_EQ(script.greeting, "*2\r\n$9\r\nSUBSCRIBE\r\n$7\r\ntopic-0\r\n");
  EXPECT_EQ(script.confirmation, "*3\r\n$9\r\nsubscribe\r\n$7\r\ntopic-0\r\n:1\r\n");
  EXPECT_EQ(script.request, "");
  EXPECT_EQ(status_of(script.half_request), resp::CommandParse::Status::incomplete);
  EXPECT_TRUE(script.half_request.starts_with("*3\r\n$7\r\nPUBLISH\r\n"));
}

TEST(BystanderScript, OfRequestsAndReplies) {
  const auto ping = resp_script({"PING"});
  EXPECT_EQ(ping.request, "*1\r\n$4\r\nPING\r\n");
  EXPECT_EQ(status_of(ping.half_request), resp::CommandParse::Status::incomplete);
  const auto get = http_script("/x");
  EXPECT_EQ(get.request, "GET /x HTTP/1.1\r\nHost: threadmill\r\n\r\n");
  EXPECT_FALSE(get.half_request.empty());
  EXPECT_EQ(get.half_request.find("\r\n\r\n"), std::string::npos);
}

}  // namespace
}  // namespace threadmill::load
