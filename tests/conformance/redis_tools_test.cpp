// Clients that we have not written: Debian's redis-tools.

#include <array>
#include <cstdio>

#include "tests/conformance/every_model.h"
#include "tests/conformance/finished.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;

class RedisTools : public testing::TestWithParam<std::string> {
 protected:
  RedisTools() : server_(arguments(GetParam(), "chat")) {}
  std::string on_port() const { return " -p " + std::to_string(server_.port()) + " "; }
  ServerProcess server_;
};
INSTANTIATE_TEST_SUITE_P(Models, RedisTools, testing::ValuesIn(models_with("chat", Which::all_real)),
                         test_name);

/// Several of them at once.
class RedisToolsTogether : public RedisTools {};
INSTANTIATE_TEST_SUITE_P(Models, RedisToolsTogether, testing::ValuesIn(models_with("chat")), test_name);

class RedisToolsInRooms : public RedisTools {};
INSTANTIATE_TEST_SUITE_P(Models, RedisToolsInRooms, testing::ValuesIn(models_with("chat", Which::all_real)),
                         test_name);

TEST_P(RedisTools, RedisCliTalksToIt) {
  EXPECT_EQ(run_to_end("redis-cli" + on_port() + "PING").output, "PONG\n");
  EXPECT_EQ(run_to_end("redis-cli" + on_port() + "ECHO 'two words'").output, "two words\n");
  EXPECT_EQ(run_to_end("redis-cli" + on_port() + "PUBLISH nobody here").output, "0\n");
  // RESP3 is asked for and declined, and redis-cli goes on.
  EXPECT_THAT(run_to_end("redis-cli -3" + on_port() + "PING").output, HasSubstr("PONG"));
}

TEST_P(RedisToolsTogether, RedisCliSubscribesAndReceives) {
  FILE* subscriber = ::popen(("timeout 60 redis-cli" + on_port() + "SUBSCRIBE news").c_str(), "r");
  std::array<char, 256> line{};
  std::string heard;
  for (int i = 0; i < 3 && std::fgets(line.data(), line.size(), subscriber); ++i) heard += line.data();
  EXPECT_EQ(heard, "subscribe\nnews\n1\n");
  EXPECT_EQ(run_to_end("redis-cli" + on_port() + "PUBLISH news hello").output, "1\n");
  heard.clear();
  for (int i = 0; i < 3 && std::fgets(line.data(), line.size(), subscriber); ++i) heard += line.data();
  EXPECT_EQ(heard, "message\nnews\nhello\n");
  EXPECT_EQ(server_.stop(), 0);  // which ends the subscriber too
  ::pclose(subscriber);
}

TEST_P(RedisToolsInRooms, RedisCliTalksInARoom) {
  const auto finished = run_to_end(
      "printf 'NICK ana\\nJOIN sala\\nSAY sala oi\\nHISTORY sala\\nWHO sala\\n' | timeout 30 redis-cli" +
      on_port());
  EXPECT_EQ(finished.output, "OK\n1\n0\n1\nana\noi\nana\n");
}

TEST_P(RedisToolsTogether, RedisBenchmarkLoadsIt) {
  const auto finished = run_to_end("redis-benchmark" + on_port() + "-t ping -n 2000 -c 20 -P 4 -q");
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("PING_MBULK: "));
  EXPECT_THAT(finished.output, HasSubstr("requests per second"));
}

}  // namespace
}  // namespace threadmill::conformance
