#include "protocol/resp_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/resp_encode.h"

namespace threadmill::resp {
namespace {

using ::testing::HasSubstr;

Reply parse_whole(std::string_view bytes) {
  Reply reply;
  const auto result = parse_reply(bytes, reply);
  EXPECT_EQ(result.status, ReplyStatus::complete) << bytes;
  EXPECT_EQ(result.consumed, bytes.size()) << bytes;
  return reply;
}

TEST(RespReply, ReadsEachKind) {
  EXPECT_EQ(parse_whole("+OK\r\n").text, "OK");
  EXPECT_EQ(parse_whole("-ERR no\r\n").kind, ReplyKind::error);
  EXPECT_EQ(parse_whole("-ERR no\r\n").text, "ERR no");
  EXPECT_EQ(parse_whole(":-42\r\n").integer, -42);
  EXPECT_EQ(parse_whole("$3\r\na\r\n\r\n").text, "a\r\n");
  EXPECT_EQ(parse_whole("$0\r\n\r\n").kind, ReplyKind::bulk);
  EXPECT_EQ(parse_whole("$-1\r\n").kind, ReplyKind::null);
  EXPECT_EQ(parse_whole("*-1\r\n").kind, ReplyKind::null);
  EXPECT_EQ(parse_whole("*0\r\n").kind, ReplyKind::array);
}

TEST(RespReply, ReadsNestedArrays) {
  const Reply reply = parse_whole("*2\r\n*1\r\n:7\r\n$1\r\nx\r\n");
  ASSERT_EQ(reply.elements.size(), 2U);
  EXPECT_EQ(reply.elements[0].elements[0].integer, 7);
  EXPECT_EQ(reply.elements[1].text, "x");
}

TEST(RespReply, EveryPrefixIsIncompleteAndSaysHowMuchIsMissing) {
  std::string push;
  append_message_push(push, "topic", "payload");
  push += ":12\r\n";
  const std::size_t push_bytes = push.size() - 5;
  for (std::size_t size = 0; size < push_bytes; ++size) {
    Reply reply;
    const auto result = parse_reply(std::string_view(push).substr(0, size), reply);
    EXPECT_EQ(result.status, ReplyStatus::incomplete) << size;
    EXPECT_GT(result.at_least, size);
    EXPECT_LE(result.at_least, push_bytes) << size;
  }
}

TEST(RespReply, ReaderGivesTheSameWhateverTheChunks) {
  std::string stream;
  append_simple(stream, "OK");
  append_message_push(stream, "t", std::string(300, 'p'));
  append_integer(stream, 5);
  for (std::size_t chunk : {1U, 2U, 7U, 1000U}) {
    ReplyReader reader;
    std::vector<ReplyKind> kinds;
    for (std::size_t at = 0; at < stream.size(); at += chunk) {
      reader.feed(std::string_view(stream).substr(at, chunk));
      Reply reply;
      while (reader.next(reply).status == ReplyStatus::complete) kinds.push_back(reply.kind);
    }
    EXPECT_THAT(kinds, ::testing::ElementsAre(ReplyKind::simple, ReplyKind::array, ReplyKind::integer))
        << chunk;
    EXPECT_EQ(reader.buffered(), 0U);
  }
}

TEST(RespReply, AReusedReplyKeepsNothingOfTheLastOne) {
  Reply reply;
  parse_reply("*3\r\n:1\r\n:2\r\n:3\r\n", reply);
  parse_reply("*1\r\n:1\r\n", reply);
  EXPECT_EQ(reply.elements.size(), 1U);
  parse_reply(":1\r\n", reply);
  EXPECT_TRUE(reply.elements.empty());
}

struct Malformed {
  const char* bytes;
  const char* reason;
};

TEST(RespReply, RefusesWhatIsNotRespAndSaysWhy) {
  const ReplyLimits limits{.line_bytes = 10, .bulk_bytes = 20, .elements = 4, .depth = 2};
  const Malformed cases[] = {
      {"?\r\n", "begins with"},
      {":1x\r\n", "not a number"},
      {":\r\n", "not a number"},
      {":99999999999999999999\r\n", "too long"},
      {"+a\rb\r\n", "without a line feed"},
      {"$-2\r\n", "negative"},
      {"*-2\r\n", "negative"},
      {"$21\r\n", "bulk string is too long"},
      {"$1\r\nabc", "where its length says"},
      {"*5\r\n", "array is too long"},
      {"*1\r\n*1\r\n*1\r\n:1\r\n", "too deeply"},
      {"+01234567890", "line is too long"},
      {"+01234567890\r\n", "line is too long"},
  };
  for (const auto& [bytes, reason] : cases) {
    Reply reply;
    const auto result = parse_reply(bytes, reply, limits);
    ASSERT_EQ(result.status, ReplyStatus::malformed) << bytes;
    EXPECT_THAT(result.reason, HasSubstr(reason)) << bytes;
  }
}

}  // namespace
}  // namespace threadmill::resp
