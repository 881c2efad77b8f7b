#include "protocol/resp_command.h"

#include <gmock/gmock.h>

#include "protocol/resp_encode.h"

namespace threadmill::resp {
namespace {

using Status = CommandParse::Status;
using testing::ElementsAre;
using testing::HasSubstr;

class RespCommand : public testing::Test {
 protected:
  CommandParse parse(std::string_view input) { return parse_command(input, limits, words, unquoted); }
  CommandLimits limits;
  std::vector<std::string_view> words;
  std::vector<std::string> unquoted;
};

TEST_F(RespCommand, ReadsAnArrayAndLeavesTheRest) {
  std::string input;
  append_command(input, {"SET", "key", std::string_view("\r\n\0", 3)});
  const std::size_t first = input.size();
  input += "*1\r\n$4\r\nPING\r\n";
  const auto parsed = parse(input);
  ASSERT_EQ(parsed.status, Status::complete);
  EXPECT_EQ(parsed.consumed, first);
  EXPECT_THAT(words, ElementsAre("SET", "key", std::string_view("\r\n\0", 3)));
}

TEST_F(RespCommand, EveryPrefixIsIncompleteAndNeedsNoMoreThanTheWhole) {
  std::string input;
  append_command(input, {"PUBLISH", "topic", "payload"});
  for (std::size_t length = 0; length < input.size(); ++length) {
    const auto parsed = parse(std::string_view(input).substr(0, length));
    ASSERT_EQ(parsed.status, Status::incomplete) << length;
    EXPECT_GT(parsed.needed, length);
    EXPECT_LE(parsed.needed, input.size());
  }
}

TEST_F(RespCommand, ReadsInlineWordsWithQuotes) {
  const auto parsed = parse("ECHO  \"a \\\"b\\\" \\x41\" 'it\\'s'\r\nPING\r\n");
  ASSERT_EQ(parsed.status, Status::complete);
  EXPECT_THAT(words, ElementsAre("ECHO", "a \"b\" A", "it's"));
  EXPECT_EQ(parsed.consumed, 30U);
}

TEST_F(RespCommand, TakesALineFeedAloneAndAnEmptyLine) {
  EXPECT_EQ(parse("PING\n").status, Status::complete);
  EXPECT_THAT(words, ElementsAre("PING"));
  EXPECT_EQ(parse("\r\n").status, Status::complete);
  EXPECT_TRUE(words.empty());
}

TEST_F(RespCommand, SaysWhatIsMalformed) {
  const std::pair<const char*, const char*> cases[] = {
      {"*x\r\n", "invalid multibulk length"},
      {"*1025\r\n", "more words than the limit of 1024"},
      {"*99999999999999999999999999", "invalid multibulk length"},
      {"*1\r\nPING\r\n", "expected '$', got 'P'"},
      {"*1\r\n$-1\r\n", "invalid bulk length"},
      {"*1\r\n$9223372036854775807\r\n", "request longer than the limit"},
      {"*1\r\n$4\r\nPINGPONG\r\n", "longer than its length"},
      {"ECHO \"open\r\n", "unbalanced quotes"},
      {"ECHO \"a\"b\r\n", "unbalanced quotes"},
  };
  for (const auto& [input, complaint] : cases) {
    const auto parsed = parse(input);
    EXPECT_EQ(parsed.status, Status::malformed) << input;
    EXPECT_THAT(parsed.error, HasSubstr(complaint)) << input;
  }
}

TEST_F(RespCommand, RefusesALengthOfTooManyDigitsHoweverItArrives) {
  const std::string input = "*" + std::string(40, '0') + "1\r\n$4\r\nPING\r\n";
  EXPECT_EQ(parse(input).status, Status::malformed);
  EXPECT_EQ(parse(input.substr(0, 30)).status, Status::malformed);
  EXPECT_EQ(parse("*01\r\n$4\r\nPING\r\n").status, Status::complete);
}

TEST_F(RespCommand, BoundsAnInlineLine) {
  limits.inline_bytes = 100;
  EXPECT_EQ(parse(std::string(100, 'a')).status, Status::incomplete);
  EXPECT_THAT(parse(std::string(101, 'a')).error, HasSubstr("too big inline request"));
}

TEST_F(RespCommand, BoundsTheWholeRequest) {
  limits.request_bytes = 200;
  std::string input;
  append_command(input, {"PUBLISH", "t", std::string(150, 'x')});
  EXPECT_EQ(parse(input).status, Status::complete);
  input.clear();
  append_command(input, {"PUBLISH", std::string(100, 't'), std::string(100, 'x')});
  EXPECT_THAT(parse(input).error, HasSubstr("request longer than the limit of 200 bytes"));
}

}  // namespace
}  // namespace threadmill::resp
