// A client library that we have not written: ioredis, of npm, as it is without options.

#include "tests/conformance/every_model.h"
#include "tests/conformance/finished.h"

namespace threadmill::conformance {
namespace {

class Ioredis : public testing::TestWithParam<std::string> {
 protected:
  ServerProcess server_{arguments(GetParam(), "chat")};
};
INSTANTIATE_TEST_SUITE_P(Models, Ioredis, testing::ValuesIn(models_with("chat")), test_name);

constexpr const char* kExpected = R"(ping: "PONG"
echo: "olá\r\n mundo"
name: ["OK","ana"]
pipeline: [[null,"1"],[null,"2"],[null,0]]
at once: ["1","2","3"]
unknown: "ERR unknown command `GET`, with args beginning with: `key`, "
wrong count: "ERR wrong number of arguments for 'echo' command"
subscribed: 2
topics: ["news","sport"]
told: [1,1]
heard: [["news","first"],["sport","second"]]
left: [1,0]
still there: [1,[["sport","third"]]]
left all: 0
speaks again: "after"
quit: ["OK","OK"]
)";

TEST_P(Ioredis, ConnectsSpeaksAndListens) {
  const auto finished = run_to_end("node " THREADMILL_SOURCE_DIR "/tests/conformance/ioredis/talk.mjs " +
                                   std::to_string(server_.port()));
  EXPECT_EQ(finished.output, kExpected)
      << "where ioredis or node is not found: ./threadmill test installs both; or npm ci --prefix "
         "tests/conformance/ioredis";
  EXPECT_EQ(finished.exit_code, 0);
}

}  // namespace
}  // namespace threadmill::conformance
