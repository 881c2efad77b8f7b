// threadmill-load as others start it.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "loadgen/report.h"
#include "tests/loadgen/fake_server.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

struct Outcome {
  int exit_code;
  std::string output;  // both streams
};

/// `before` is put in front of the program: a limit, say.
Outcome run_program(const std::string& input, const std::string& arguments, const std::string& before = "") {
  const std::string command = fmt::format("printf '%s' '{}' | ({}{}/threadmill-load {}) 2>&1", input, before,
                                          THREADMILL_BIN_DIR, arguments);
  FILE* pipe = ::popen(command.c_str(), "r");
  Outcome outcome{-1, ""};
  char bytes[4096];
  while (const auto got = std::fread(bytes, 1, sizeof bytes, pipe)) outcome.output.append(bytes, got);
  outcome.exit_code = WEXITSTATUS(::pclose(pipe));
  return outcome;
}

std::string plan_text(std::uint16_t port, const std::string& more = "") {
  return fmt::format(R"({{"target":{{"address":"127.0.0.1","port":{}}},"driver":"echo","connections":2,)"
                     R"("message_bytes":64,"stop":{{"messages":5}}{}}})",
                     port, more);
}

TEST(Program, WritesTheReportOfThePlan) {
  FakeServer server(
      [](FakeServer& fake, int connection, std::string_view bytes) { fake.send(connection, bytes); });
  const Outcome outcome = run_program(plan_text(server.port()), "");
  EXPECT_EQ(outcome.exit_code, 0);
  const LoadReport report = load_report_from_json(nlohmann::json::parse(outcome.output));
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(report.completed, 10U);
}

TEST(Program, ARecordIsOfTextsAndInAFileThatCanBeWritten) {
  const Outcome echo = run_program(plan_text(1), "--record /dev/null");
  EXPECT_EQ(echo.exit_code, 2);
  EXPECT_THAT(echo.output, HasSubstr("--record goes with plans whose messages are text"));
  const std::string rooms =
      R"({"target":{"address":"127.0.0.1","port":1},"driver":"pubsub","protocol":"rooms",)"
      R"("publishers":1,"subscribers":1,"message_bytes":54,"stop":{"messages":1}})";
  const Outcome nowhere = run_program(rooms, "--record /no/such/folder/record");
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.output, HasSubstr("--record /no/such/folder/record: cannot be written: No such file"));
}

TEST(Program, WithGatesTheReportIsTheLastLine) {
  FakeServer server(
      [](FakeServer& fake, int connection, std::string_view bytes) { fake.send(connection, bytes); });
  const Outcome outcome = run_program(plan_text(server.port()) + "\ngo\ngo\ngo\n", "--gates");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(
      outcome.output,
      ::testing::StartsWith("{\"gate\":\"start\"}\n{\"gate\":\"connected\"}\n{\"gate\":\"measured\"}\n{"));
  EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 4);
}

TEST(Program, AServerThatIsNotThereIsAReport) {
  const Outcome outcome = run_program(plan_text(closed_port()), "");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_FALSE(load_report_from_json(nlohmann::json::parse(outcome.output)).complete());
}

TEST(Program, WordsOfTheServerThatAreNoTextAreAReportToo) {
  FakeServer server(
      [](FakeServer& fake, int connection, std::string_view) { fake.send(connection, "-ERR \xff\r\n"); });
  const Outcome outcome = run_program(
      fmt::format(R"({{"target":{{"address":"127.0.0.1","port":{}}},"driver":"resp","connections":1,)"
                  R"("stop":{{"messages":5}}}})",
                  server.port()),
      "");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(nlohmann::json::parse(outcome.output)["failure"].get<std::string>(), HasSubstr("ERR \uFFFD"));
}

TEST(Program, ABadPlanIsOneLineAndExitCode2) {
  for (const std::string& bad :
       {plan_text(1, ",\"speed\":3"), std::string("{"), std::string(), std::string("[1]"), plan_text(0)}) {
    const Outcome outcome = run_program(bad, "");
    EXPECT_EQ(outcome.exit_code, 2) << bad;
    EXPECT_THAT(outcome.output, HasSubstr("threadmill-load: load plan: "));
    EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1) << outcome.output;
  }
}

TEST(Program, RefusesMoreConnectionsThanDescriptors) {
  const Outcome outcome = run_program(
      R"({"target":{"address":"127.0.0.1","port":1},"driver":"echo","connections":1000,"message_bytes":1,"stop":{"messages":1}})",
      "", "ulimit -n 500; ");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("ulimit -Hn"));
}

TEST(Program, RefusesMoreBystandersThanDescriptors) {
  for (const std::string kind : {"idle", "slow_readers", "half_open"}) {
    const Outcome outcome =
        run_program(plan_text(1, ",\"bystanders\":{\"" + kind + "\":1000}"), "", "ulimit -n 500; ");
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.output, HasSubstr("1002 connections need"));
  }
}

TEST(Program, ExplainsItself) {
  EXPECT_EQ(run_program("", "--help").exit_code, 0);
  EXPECT_THAT(run_program("", "--help").output, HasSubstr("--gates"));
  EXPECT_THAT(run_program("", "--version").output, HasSubstr("threadmill-load "));
  EXPECT_EQ(run_program("", "--nonsense").exit_code, 2);
}

TEST(Program, TheExamplesInItsHelpArePlans) {
  const std::string help = run_program("", "--help").output;
  int examples = 0;
  for (std::size_t at = 0; (at = help.find("{\"target\"", at)) != std::string::npos; ++at, ++examples) {
    const std::string rest = help.substr(at, help.find("}}", at) + 2 - at);
    EXPECT_NO_THROW(parse_plan(nlohmann::json::parse(rest))) << rest;
  }
  EXPECT_EQ(examples, 2);
}

}  // namespace
}  // namespace threadmill::load
