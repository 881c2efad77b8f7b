// A client library that we have not written: hiredis (Debian's libhiredis-dev).

#include <hiredis/hiredis.h>

#include <memory>

#include "tests/conformance/every_model.h"

namespace threadmill::conformance {
namespace {

struct FreeContext {
  void operator()(redisContext* context) const { ::redisFree(context); }
};
struct FreeReply {
  void operator()(redisReply* reply) const { ::freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

/// A reply as text: strings as they are, "(1)" an integer, "+OK" a status, "-ERR .." an error, "[a b]" an
/// array, "nil".
std::string text_of(const redisReply* reply) {
  if (reply == nullptr) return "no reply";
  const std::string text = reply->str == nullptr ? "" : std::string(reply->str, reply->len);
  switch (reply->type) {
    case REDIS_REPLY_STRING:
      return text;
    case REDIS_REPLY_STATUS:
      return "+" + text;
    case REDIS_REPLY_ERROR:
      return "-" + text;
    case REDIS_REPLY_INTEGER:
      return "(" + std::to_string(reply->integer) + ")";
    case REDIS_REPLY_NIL:
      return "nil";
    default:
      break;
  }
  std::string all = "[";
  for (std::size_t i = 0; i < reply->elements; ++i) all += (i == 0 ? "" : " ") + text_of(reply->element[i]);
  return all + "]";
}

class HiredisClient {
 public:
  explicit HiredisClient(std::uint16_t port)
      : context_(::redisConnectWithTimeout("127.0.0.1", port, {.tv_sec = 10, .tv_usec = 0})) {
    ::redisSetTimeout(context_.get(), {.tv_sec = 30, .tv_usec = 0});
  }

  std::string error() const { return context_->errstr; }

  template <typename... Arguments>
  std::string ask(const char* format, Arguments... arguments) {
    return text_of(
        Reply(static_cast<redisReply*>(::redisCommand(context_.get(), format, arguments...))).get());
  }
  /// Sent with the next ask() or read().
  template <typename... Arguments>
  void append(const char* format, Arguments... arguments) {
    ::redisAppendCommand(context_.get(), format, arguments...);
  }
  std::string read() {
    void* reply = nullptr;
    if (::redisGetReply(context_.get(), &reply) != REDIS_OK) return "no reply: " + error();
    return text_of(Reply(static_cast<redisReply*>(reply)).get());
  }

 private:
  std::unique_ptr<redisContext, FreeContext> context_;
};

class Hiredis : public testing::TestWithParam<std::string> {
 protected:
  ServerProcess server_{arguments(GetParam(), "chat")};
  HiredisClient client_{server_.port()};
};
INSTANTIATE_TEST_SUITE_P(Models, Hiredis, testing::ValuesIn(models_with("chat", Which::all_real)), test_name);

/// Two of them at once.
class HiredisPair : public Hiredis {};
INSTANTIATE_TEST_SUITE_P(Models, HiredisPair, testing::ValuesIn(models_with("chat")), test_name);

TEST_P(Hiredis, AsksAndIsAnswered) {
  EXPECT_EQ(client_.error(), "");
  EXPECT_EQ(client_.ask("PING"), "+PONG");
  EXPECT_EQ(client_.ask("PING %s", "hi"), "hi");
  const std::string any_bytes("\0 \r\n\xff", 5);
  EXPECT_EQ(client_.ask("ECHO %b", any_bytes.data(), any_bytes.size()), any_bytes);
  const std::string long_text(100'000, 'x');
  EXPECT_EQ(client_.ask("ECHO %b", long_text.data(), long_text.size()), long_text);
  EXPECT_EQ(client_.ask("PUBLISH nobody here"), "(0)");
  EXPECT_EQ(client_.ask("CLIENT GETNAME"), "nil");
}

TEST_P(Hiredis, AnErrorIsAReplyAndTheConnectionGoesOn) {
  EXPECT_EQ(client_.ask("GET key"), "-ERR unknown command `GET`, with args beginning with: `key`, ");
  EXPECT_EQ(client_.ask("ECHO"), "-ERR wrong number of arguments for 'echo' command");
  EXPECT_EQ(client_.ask("PING"), "+PONG");
  EXPECT_EQ(client_.error(), "");
}

TEST_P(Hiredis, PipelinedCommandsAreAnsweredInTheirOrder) {
  for (int i = 0; i < 1000; ++i) client_.append("ECHO %d", i);
  client_.append("NONSENSE");
  client_.append("PING");
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(client_.read(), std::to_string(i));
  EXPECT_THAT(client_.read(), testing::StartsWith("-ERR unknown command `NONSENSE`"));
  EXPECT_EQ(client_.read(), "+PONG");
}

TEST_P(HiredisPair, SubscribesReceivesAndUnsubscribes) {
  HiredisClient publisher(server_.port());
  client_.append("SUBSCRIBE %s %s", "news", "sport");
  EXPECT_EQ(client_.read(), "[subscribe news (1)]");
  EXPECT_EQ(client_.read(), "[subscribe sport (2)]");
  EXPECT_EQ(publisher.ask("PUBLISH news %s", "first line\r\n"), "(1)");
  EXPECT_EQ(client_.read(), "[message news first line\r\n]");
  for (int i = 0; i < 100; ++i) publisher.append("PUBLISH sport %d", i);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(publisher.read(), "(1)");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client_.read(), "[message sport " + std::to_string(i) + "]");
  EXPECT_EQ(client_.ask("UNSUBSCRIBE news"), "[unsubscribe news (1)]");
  EXPECT_EQ(publisher.ask("PUBLISH news unheard"), "(0)");
  EXPECT_EQ(client_.ask("UNSUBSCRIBE"), "[unsubscribe sport (0)]");
  EXPECT_EQ(client_.ask("ECHO after"), "after");
}

}  // namespace
}  // namespace threadmill::conformance
