// `threadmill ab` with real servers. Its trials last milliseconds: how they are judged is not what is tested.

#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "harness/errors.h"
#include "tests/end_to_end/run_in_folder.h"

namespace threadmill {
namespace {

using namespace harness;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class AbTest : public RunTest {
 protected:
  std::vector<std::string> words(const std::string& a, const std::string& b) const {
    return {"ab",
            "--a",
            a,
            "--b",
            b,
            "--scenario",
            (kHere / "tiny-gate.json").string(),
            "--out",
            out().string(),
            "--time",
            "4s",
            "--subject-dir",
            (kHere / "subjects").string()};
  }
  Finished ab(const std::string& a, const std::string& b, std::vector<std::string> more = {}) const {
    auto arguments = words(a, b);
    arguments.insert(arguments.end(), more.begin(), more.end());
    return threadmill_cli(arguments);
  }
};

const auto kMeasured = AnyOf(kDone, kInconclusive);

TEST_F(AbTest, ASubjectAgainstItselfIsAControl) {
  const auto finished = ab("epoll", "epoll", {"--json", "--metric", "cpu_us_per_request"});
  EXPECT_THAT(finished.exit_code, kMeasured) << finished.err;
  const auto json = nlohmann::json::parse(finished.out);
  EXPECT_EQ(json["a"], "epoll");
  EXPECT_EQ(json["b"], "epoll#2");
  ASSERT_EQ(json["metrics"].size(), 1U);
  EXPECT_GT(json["metrics"][0]["blocks"], 0);
  EXPECT_GT(json["metrics"][0]["ratio"], 0);
  const auto file = results();
  EXPECT_EQ(file.header["run"]["kind"], "ab");
  EXPECT_EQ(file.trials.size() % 4, 0U) << "whole blocks";
  EXPECT_TRUE(conforms_to_schema(out()));
}

TEST_F(AbTest, TakesTheServerOfAnotherBuild) {
  const auto finished = ab("epoll", "epoll@" + built("threadmill-server"));
  EXPECT_THAT(finished.exit_code, kMeasured) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("epoll@bin/threadmill-server (b) against epoll (a) in tiny-gate"));
  EXPECT_THAT(finished.out, HasSubstr("cpu_us_per_request"));
}

TEST_F(AbTest, ASideWhoseTrialsFailIsInvalid) {
  const auto finished = ab("epoll", "lies");
  EXPECT_EQ(finished.exit_code, kFailed) << finished.out;
  EXPECT_THAT(finished.out, HasSubstr("invalid: lies:"));
  EXPECT_LT(results().trials.size(), 20U) << "given up early";
}

TEST_F(AbTest, BadInputIsTold) {
  EXPECT_THAT(ab("epol", "epoll").err, HasSubstr("--a: unknown model 'epol'; did you mean 'epoll'?"));
  EXPECT_THAT(ab("epoll", "epoll@no-such-program").err, HasSubstr("--b: no-such-program is no program"));
  EXPECT_THAT(ab("epoll", "epoll", {"--precision", "0"}).err, HasSubstr("--precision"));
  const auto finished = ab("epoll", "redis-server");
  EXPECT_EQ(finished.exit_code, kBadInput);
  EXPECT_THAT(finished.err, HasSubstr("redis-server serves only chat"));
  EXPECT_THAT(ab("epoll", "silent").err, HasSubstr("silent does not start to serve echo: "));
  EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(AbTest, AMetricThatNothingHasEndsItAtOnce) {
  const auto finished = ab("epoll", "epoll", {"--metric", "deliveries_per_s"});
  EXPECT_EQ(finished.exit_code, kBadInput);
  EXPECT_THAT(finished.err, HasSubstr("--metric: no trial of tiny-gate has any"));
  EXPECT_EQ(results().trials.size(), 4U) << "one block told";
}

TEST_F(AbTest, CtrlCKeepsFinishedTrials) {
  auto arguments = words("epoll", "epoll");
  arguments.insert(arguments.begin(), built("threadmill"));
  arguments.insert(arguments.end(), {"--precision", "0.0001%"});
  *std::find(arguments.begin(), arguments.end(), "4s") = "60s";
  Command command(arguments);
  while (command.err().find("blocks: 1,") == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ::kill(command.pid(), SIGINT);
  const auto finished = command.wait();
  EXPECT_EQ(finished.exit_code, kInterrupted) << finished.err;
  EXPECT_EQ(results().end_outcome, "interrupted");
  EXPECT_GE(results().trials.size(), 4U);
}

}  // namespace
}  // namespace threadmill
