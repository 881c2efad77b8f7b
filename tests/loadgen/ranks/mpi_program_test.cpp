// threadmill-load-mpi as mpirun starts it: several processes on this machine.

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "loadgen/report.h"
#include "tests/support/children.h"
#include "tests/support/command.h"
#include "tests/support/eventually.h"
#include "tests/support/mpi_job.h"
#include "tests/support/temporary_folder.h"

namespace threadmill::load {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// An echo server of ours, on a port of its own.
class EchoServer {
 public:
  EchoServer()
      : command_({built("threadmill-server"), "--model", "epoll", "--service", "echo", "--port", "0", "--log",
                  "connections"}) {
    while (command_.out().find('\n') == std::string::npos)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    port_ = json::parse(command_.out()).at("port");
  }
  ~EchoServer() { stop(); }
  void stop() { ::kill(command_.pid(), SIGTERM); }
  int port() const { return port_; }
  /// Whether it has had so many connections at once.
  bool had(int connections) const {
    return command_.err().find(" opened, " + std::to_string(connections) + " active\n") != std::string::npos;
  }

 private:
  Command command_;
  int port_ = 0;
};

json plan_for(int port, const json& more = json::object()) {
  json plan = {{"target", {{"address", "127.0.0.1"}, {"port", port}}},
               {"driver", "echo"},
               {"connections", 7},
               {"message_bytes", 64},
               {"stop", {{"messages", 50}}}};
  plan.update(more);
  return plan;
}

/// As many processes as `ranks`, all on this machine.
std::vector<std::string> job(int ranks, const std::string& program, const std::string& input) {
  allow_mpi_job();
  return {
      "sh",    "-c", "exec mpirun --oversubscribe -np \"$1\" \"$2\" < \"$3\"", "sh", std::to_string(ranks),
      program, input};
}

class MpiProgram : public testing::Test {
 protected:
  Finished run(int ranks, const json& plan) {
    folder_.write("plan.json", plan.dump());
    return Command(job(ranks, built("threadmill-load-mpi"), (folder_.path() / "plan.json").string())).wait();
  }

  TemporaryFolder folder_;
};

TEST_F(MpiProgram, DealsThePlanOutAndAddsTheReportsUp) {
  EchoServer server;
  const Finished done = run(3, plan_for(server.port()));
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json whole = json::parse(done.out);
  EXPECT_EQ(whole["outcome"], "complete");
  EXPECT_EQ(whole["completed"], 7 * 50);
  EXPECT_EQ(whole["connections"]["established"], 7);
  ASSERT_EQ(whole["ranks"].size(), 3U);
  Histogram sum;
  for (const auto& rank : whole["ranks"]) {
    EXPECT_GT(rank["report"]["completed"], 0);
    sum.merge(histogram_from_json(rank["report"]["latency"]["service_time"]));
  }
  EXPECT_EQ(histogram_from_json(whole["latency"]["service_time"]), sum);
}

TEST_F(MpiProgram, ARateIsThatOfAllTogetherInOneWindow) {
  EchoServer server;
  const json stop = {{"duration_s", 1}, {"warmup_s", 0.2}};
  const json arrivals = {{"process", "constant"}, {"rate_per_s", 500}};
  const Finished done = run(2, plan_for(server.port(), {{"stop", stop}, {"arrivals", arrivals}}));
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json whole = json::parse(done.out);
  EXPECT_EQ(whole["completed"].get<int>() + whole["unsent"].get<int>(), 500);
  // On one machine there is one clock, and the window of all begins with that of the first to begin.
  const json clock = whole["ranks"][1]["clock"];
  EXPECT_LE(std::abs(clock["ahead_ns"].get<std::int64_t>()), clock["error_ns"].get<std::int64_t>());
  const auto start_ns = [&](std::size_t rank) {
    return whole["ranks"][rank]["report"]["window"]["start_ns"].get<std::int64_t>();
  };
  EXPECT_EQ(whole["window"]["start_ns"].get<std::int64_t>(),
            std::min(start_ns(0), start_ns(1) - clock["ahead_ns"].get<std::int64_t>()));
}

TEST_F(MpiProgram, AServerThatIsNotThereIsAFailedReportOfEveryRank) {
  int port = 0;
  {
    EchoServer server;
    port = server.port();
  }
  const Finished done = run(2, plan_for(port));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  const json whole = json::parse(done.out);
  EXPECT_EQ(whole["outcome"], "failed");
  EXPECT_THAT(whole["failure"], HasSubstr("rank 0 on "));
  EXPECT_EQ(whole["ranks"][1]["report"]["outcome"], "failed");
}

TEST_F(MpiProgram, ABadPlanIsToldOnce) {
  const Finished done = run(2, plan_for(1, {{"connections", 1}}));
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_EQ(done.out, "");
  const std::string told = "threadmill-load-mpi: over 2 ranks of 1 each there are 2 threads";
  const auto first = done.err.find(told);
  EXPECT_NE(first, std::string::npos) << done.err;
  EXPECT_EQ(done.err.find(told, first + 1), std::string::npos) << done.err;
}

// What the others have measured is no result.
TEST_F(MpiProgram, ARankThatIsKilledEndsTheJobWithoutAReport) {
  EchoServer server;
  folder_.write("plan.json", plan_for(server.port(), {{"stop", {{"duration_s", 60}}}}).dump());
  Command command(job(2, built("threadmill-load-mpi"), (folder_.path() / "plan.json").string()));
  pid_t first = 0, second = 0;
  ASSERT_TRUE(eventually([&] {
    std::istringstream ranks(children_of(command.pid()));
    return static_cast<bool>(ranks >> first >> second);
  }));
  ASSERT_TRUE(eventually([&] { return server.had(7); })) << "both are under way";
  ::kill(second, SIGKILL);
  const Finished done = command.wait();
  EXPECT_NE(done.exit_code, 0);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("signal 9"));
}

}  // namespace
}  // namespace threadmill::load
