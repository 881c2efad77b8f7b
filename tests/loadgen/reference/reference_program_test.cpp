// threadmill-reference as `threadmill selftest` starts it.

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "loadgen/reference/reference_report.h"
#include "os/address.h"
#include "os/clock.h"
#include "os/descriptor.h"
#include "tests/support/eventually.h"

namespace threadmill::load::reference {
namespace {

using ::testing::HasSubstr;

/// Runs with pipes at its standard input and output; its standard error joins its output.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), THREADMILL_BIN_DIR "/threadmill-reference");
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    std::array<int, 2> in{}, out{};
    EXPECT_EQ(::pipe2(in.data(), O_CLOEXEC) | ::pipe2(out.data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 2);
    EXPECT_EQ(::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ), 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    input_.reset(in[1]);
    output_ = ::fdopen(out[0], "r");
  }
  ~Program() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    wait();
    std::fclose(output_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void write(const std::string& text) {
    EXPECT_EQ(::write(input_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close_input() { input_.reset(); }
  void terminate() { ::kill(pid_, SIGTERM); }

  std::string line() {
    std::string text;
    for (int byte = std::fgetc(output_); byte != EOF && byte != '\n'; byte = std::fgetc(output_))
      text += static_cast<char>(byte);
    return text;
  }
  nlohmann::json json_line() { return nlohmann::json::parse(line()); }

  /// Its exit code; waits for its end.
  int wait() {
    int status = 0;
    if (pid_ > 0) ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = 0;
  os::Descriptor input_;
  FILE* output_ = nullptr;
};

void talk(std::uint16_t port, int count) {
  const os::SocketAddress address("127.0.0.1", port);
  const os::Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  ASSERT_EQ(::connect(socket.get(), address.get(), address.size()), 0);
  for (int i = 0; i < count; ++i) {
    const std::string sent(64, static_cast<char>('a' + i % 26));
    std::string got(64, '\0');
    ASSERT_EQ(::send(socket.get(), sent.data(), sent.size(), MSG_NOSIGNAL), 64);
    ASSERT_EQ(::recv(socket.get(), got.data(), got.size(), MSG_WAITALL), 64);
    ASSERT_EQ(got, sent);
  }
}

TEST(ReferenceProgram, ReportsAWindowAndAtTheEndEverything) {
  Program program({"--service", "constant:500us"});
  const auto ready = program.json_line();
  EXPECT_EQ(ready.at("service"), "constant:500us");
  talk(ready.at("port"), 3);
  const std::int64_t start_ns = os::monotonic_ns();
  talk(ready.at("port"), 5);
  program.write(fmt::format("report {} {}\n", start_ns, os::monotonic_ns()));
  const auto window = reference_report_from_json(program.json_line());
  EXPECT_EQ(window.truth.requests, 5U);
  EXPECT_GE(window.truth.latency.min(), 500'000);
  EXPECT_GE(window.start_ns, start_ns);
  EXPECT_TRUE(window.complete());
  program.write("end\n");
  EXPECT_EQ(reference_report_from_json(program.json_line()).truth.requests, 8U);
  EXPECT_EQ(program.wait(), 0);
}

TEST(ReferenceProgram, EndsWithItsInputASignalOrItsTime) {
  Program by_input({});
  by_input.json_line();
  by_input.close_input();
  EXPECT_NO_THROW(reference_report_from_json(by_input.json_line()));
  EXPECT_EQ(by_input.wait(), 0);

  Program by_signal({});
  by_signal.json_line();
  by_signal.terminate();
  EXPECT_NO_THROW(reference_report_from_json(by_signal.json_line()));
  EXPECT_EQ(by_signal.wait(), 0);

  Program by_time({"--max-seconds", "1"});
  by_time.json_line();
  EXPECT_NO_THROW(reference_report_from_json(by_time.json_line()));
  EXPECT_EQ(by_time.wait(), 0);
}

TEST(ReferenceProgram, AWrongCommandIsAnsweredAndChangesNothing) {
  Program program({});
  const auto ready = program.json_line();
  for (const char* bad : {"hello", "report", "report 1", "report 1 x", "report 1 2 3"}) {
    program.write(std::string(bad) + "\n");
    EXPECT_THAT(program.json_line().at("error").get<std::string>(), HasSubstr("report START_NS END_NS"));
  }
  talk(ready.at("port"), 1);
}

TEST(ReferenceProgram, StallsAreReported) {
  Program program({"--stall", "20ms", "--stall-every", "100ms"});
  program.json_line();
  const std::int64_t start_ns = os::monotonic_ns();
  EXPECT_TRUE(eventually([&] {
    program.write(fmt::format("report {} {}\n", start_ns, os::monotonic_ns()));
    return reference_report_from_json(program.json_line()).stalls.size() >= 2;
  }));
  program.write("end\n");
  const auto report = reference_report_from_json(program.json_line());
  ASSERT_GE(report.stalls.size(), 2U);
  EXPECT_EQ(report.stalls[0].end_ns - report.stalls[0].start_ns, 20'000'000);
  EXPECT_EQ(report.stalls[1].start_ns - report.stalls[0].start_ns, 100'000'000);
}

TEST(ReferenceProgram, BadArgumentsNameTheFlag) {
  const std::vector<std::vector<std::string>> bad = {{"--service", "slow"},
                                                     {"--stall", "5", "--stall-every", "1s"},
                                                     {"--stall", "2s", "--stall-every", "1s"},
                                                     {"--stall", "10ms"},
                                                     {"--message-bytes", "0"},
                                                     {"--max-seconds", "0"}};
  for (const auto& arguments : bad) {
    Program program(arguments);
    EXPECT_THAT(program.line(), HasSubstr(arguments.front())) << arguments.front();
    EXPECT_EQ(program.wait(), 2) << arguments.front();
  }
}

}  // namespace
}  // namespace threadmill::load::reference
