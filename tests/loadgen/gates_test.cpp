#include "loadgen/gates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/loadgen/fake_server.h"

namespace threadmill::load {
namespace {

using ::testing::ElementsAre;

Plan plan_for(std::uint16_t port) {
  Plan plan;
  plan.target = {"127.0.0.1", port};
  plan.requests.connections = 3;
  plan.stop.messages = 5;
  return plan;
}

void echo(FakeServer& server, int connection, std::string_view bytes) { server.send(connection, bytes); }

TEST(Gates, OpenBetweenThePhases) {
  FakeServer server(echo);
  std::vector<std::string> names;
  const Gate note = [&](std::string_view name) { names.emplace_back(name); };
  Plan plan = plan_for(server.port());
  run_load(plan, note);
  EXPECT_THAT(names, ElementsAre("start", "connected", "measured"));
  names.clear();
  plan.stop = {.messages = std::nullopt, .duration_s = 0.02, .warmup_s = 0.02};
  run_load(plan, note);
  EXPECT_THAT(names, ElementsAre("start", "connected", "warm", "measured"));
}

TEST(Gates, NothingMovesWhileAGateIsClosed) {
  std::atomic<int> received{0};
  FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
    received += static_cast<int>(bytes.size());
    fake.send(connection, bytes);
  });
  const LoadReport report = run_load(plan_for(server.port()), [&](std::string_view name) {
    EXPECT_EQ(received, name == "measured" ? 3 * 5 * 64 : 0);
  });
  EXPECT_TRUE(report.complete());
}

TEST(Gates, AFailedRunMeetsNoMoreOfThem) {
  std::vector<std::string> names;
  run_load(plan_for(closed_port()), [&](std::string_view name) { names.emplace_back(name); });
  EXPECT_THAT(names, ElementsAre("start"));
}

TEST(Gates, AnExceptionFailsTheRun) {
  FakeServer server(echo);
  const LoadReport report = run_load(
      plan_for(server.port()), [](std::string_view) { throw std::runtime_error("the harness is gone"); });
  EXPECT_EQ(report.failure, "the harness is gone");
  EXPECT_EQ(report.completed, 0U);
}

TEST(Gates, AreLinesOnTheStreams) {
  FakeServer server(echo);
  std::istringstream in("go\n");  // and then its end, which opens all further gates
  std::ostringstream out;
  EXPECT_TRUE(run_load(plan_for(server.port()), line_gate(in, out)).complete());
  EXPECT_EQ(out.str(), "{\"gate\":\"start\"}\n{\"gate\":\"connected\"}\n{\"gate\":\"measured\"}\n");
}

}  // namespace
}  // namespace threadmill::load
