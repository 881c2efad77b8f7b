#include "servers/core/http_target.h"

#include <gmock/gmock.h>

namespace threadmill::servers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(HttpTarget, TakesPathAndQueryApart) {
  const auto target = parse_target("/topics/a%2Fb%20c/messages?topic=x&topic=%C3%A4+y&after=&flag");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->path, ElementsAre("topics", "a/b c", "messages"));
  EXPECT_THAT(target->all("topic"), ElementsAre("x", "\xc3\xa4 y"));
  EXPECT_EQ(target->first("after"), "");
  EXPECT_EQ(target->first("flag"), "");
  EXPECT_EQ(target->first("none"), std::nullopt);
}

TEST(HttpTarget, TakesTheRootAndTheAbsoluteForm) {
  EXPECT_THAT(parse_target("/")->path, IsEmpty());
  EXPECT_THAT(parse_target("/?a=b")->path, IsEmpty());
  EXPECT_THAT(parse_target("http://example.org/topics")->path, ElementsAre("topics"));
  EXPECT_THAT(parse_target("http://example.org")->path, IsEmpty());
}

TEST(HttpTarget, RefusesWhatIsMalformed) {
  for (const char* text : {"", "*", "topics", "/%", "/%4", "/%zz", "/?a=%g0", "ftp://x/"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
}

}  // namespace
}  // namespace threadmill::servers
