// Each mistake gives one clear line that names the thing and the remedy, and exit code 2.

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/end_to_end/run_in_folder.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

void expect_one_line(const Finished& finished, int exit_code) {
  EXPECT_EQ(finished.exit_code, exit_code) << finished.err;
  EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  EXPECT_EQ(finished.out, "");
}

TEST(BadInput, UnknownSuite) {
  const auto finished = threadmill_cli({"run", "quik"});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("'quik'"), HasSubstr("did you mean 'quick'")));
}

TEST(BadInput, UnknownModel) {
  const auto finished = threadmill_cli({"run", "quick", "--models", "fork,epol"});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr("'epol'"), HasSubstr("did you mean 'epoll'"), HasSubstr("broker")));
}

TEST(BadInput, UnknownScenarioKey) {
  const harness::TemporaryFolder folder;
  const auto finished =
      threadmill_cli({"run", folder.write("mine.json", R"({"name": "mine", "repeat": 3})").string()});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err, HasSubstr("mine.json: key"));
}

TEST(BadInput, ScenarioFileThatIsNotThere) {
  const auto finished = threadmill_cli({"run", "none/such.json"});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err, HasSubstr("none/such.json: cannot be read"));
}

TEST(BadInput, OutFolderThatIsNotThere) {
  const auto finished = threadmill_cli({"run", "echo-64", "--out", "/no-such-folder/run.jsonl"});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("--out"), HasSubstr("/no-such-folder")));
}

TEST(BadInput, OutFileThatExists) {
  const harness::TemporaryFolder folder;
  const auto file = folder.write("run.jsonl", "precious");
  const auto finished = threadmill_cli({"run", "echo-64", "--out", file.string()});
  expect_one_line(finished, 2);
  EXPECT_THAT(finished.err, HasSubstr("exists already"));
}

TEST(BadInput, UnknownOptionAndVerb) {
  EXPECT_EQ(threadmill_cli({"run", "--no-such-option"}).exit_code, 2);
  EXPECT_EQ(threadmill_cli({"no-such-verb"}).exit_code, 2);
  EXPECT_EQ(threadmill_cli({}).exit_code, 2);
}

TEST(BadInput, PortInUse) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const auto port = std::to_string(ntohs(address.sin_port));
  const auto finished = threadmill_cli({"serve", "--model", "epoll", "--service", "echo", "--port", port});
  ::close(listener);
  expect_one_line(finished, 1);
  EXPECT_THAT(finished.err, HasSubstr(port));
}

TEST(Help, EveryVerbHasIt) {
  for (const auto* verb : {"run", "list", "serve", "load"}) {
    const auto finished = threadmill_cli({verb, "--help"});
    EXPECT_EQ(finished.exit_code, 0) << verb;
    EXPECT_THAT(finished.out, HasSubstr("--help")) << verb;
  }
  EXPECT_THAT(threadmill_cli({"--help"}).out, AllOf(HasSubstr("run"), HasSubstr("list"), HasSubstr("serve")));
  EXPECT_THAT(threadmill_cli({"--version"}).out, HasSubstr("threadmill 0."));
}

TEST(List, NamesWhatThereIs) {
  EXPECT_THAT(threadmill_cli({"list", "models"}).out,
              AllOf(HasSubstr("bare-epoll"), HasSubstr("redis-server")));
  EXPECT_THAT(threadmill_cli({"list", "scenarios"}).out,
              AllOf(HasSubstr("light-100x10"), HasSubstr("chat-500")));
  EXPECT_THAT(threadmill_cli({"list", "suites"}).out, AllOf(HasSubstr("quick"), HasSubstr("full")));
  for (const auto* noun : {"models", "scenarios", "suites"}) {
    EXPECT_TRUE(nlohmann::json::parse(threadmill_cli({"list", noun, "--json"}).out).is_array());
  }
}

}  // namespace
}  // namespace threadmill
