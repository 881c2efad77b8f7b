// Trials across a network. Skipped where there can be none, saying what is missing.

#include <gmock/gmock.h>

#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class AcrossNetwork : public RunTest {
 protected:
  void SetUp() override {
    const auto dry = threadmill_cli({"run", (kHere / "tiny-wan.json").string(), "--dry-run"});
    ASSERT_EQ(dry.exit_code, 0) << dry.err;
    ASSERT_THAT(dry.out, HasSubstr("across a network with 5 ms of delay, 1 % loss in each direction"));
    const auto why = dry.out.find("cannot be had here");
    if (why == std::string::npos) return;
    ASSERT_EQ(dry.out.find("connect", why), std::string::npos)
        << dry.out << "nothing is missing, but something is wrong";
    GTEST_SKIP() << dry.out.substr(why);
  }

  /// The run of tiny-wan.json as one who lacks something, started by `prefix`.
  Finished run_after(std::vector<std::string> prefix) const {
    prefix.push_back(built("threadmill"));
    const auto words = arguments("tiny-wan.json", "epoll", 1);
    prefix.insert(prefix.end(), words.begin(), words.end());
    return Command(prefix).wait();
  }
};

TEST_F(AcrossNetwork, EachAnswerTakesTheDelayTwiceAndTheTrialTellsOfTheNetwork) {
  auto words = arguments("tiny-wan.json", "fork,thread,epoll", 1);
  std::erase(words, "--no-report");
  const auto finished = threadmill_cli(words);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_TRUE(conforms_to_schema(out()));
  const auto file = results();
  EXPECT_EQ(file.scenarios.at(0)["network"]["delay_ms"], 5);
  ASSERT_EQ(file.trials.size(), 3U);
  for (const auto& trial : file.trials) {
    SCOPED_TRACE(trial["subject"]);
    EXPECT_EQ(trial["outcome"], "ok") << trial["failure"];
    EXPECT_GE(trial["load"]["latency"]["service_time"]["min"], 10e6);
    EXPECT_GE(trial["network"]["connect_us"], 10'000);
    EXPECT_GT(trial["network"]["server"]["segments_sent"], 40) << "an answer each";
  }
  EXPECT_THAT(contents_of(folder_.path() / "run/report.md"),
              HasSubstr("; across a network with 5 ms of delay, 1 % loss in each direction; "));
}

TEST_F(AcrossNetwork, ForeignServersAreReachedThereToo) {
  const auto finished = run("tiny-wan-chat.json", "broker,redis-server", 1);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  for (const auto& trial : results().trials) {
    EXPECT_EQ(trial["outcome"], "ok") << trial["failure"];
    EXPECT_EQ(trial["load"]["deliveries"], 30);
  }
}

TEST_F(AcrossNetwork, WithoutItsToolsItIsRefusedNamingThePackage) {
  const auto finished = run_after({"/usr/bin/env", "PATH=/nowhere"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr("tiny-wan runs across a network"), HasSubstr("apt-get install iproute2")));
  EXPECT_FALSE(std::filesystem::exists(out())) << "nothing was begun";
}

TEST_F(AcrossNetwork, WithoutTheRightsItIsRefusedNamingThem) {
  const auto finished = run_after({"/usr/bin/setpriv", "--bounding-set", "-sys_admin"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("needs root"), HasSubstr("CAP_SYS_ADMIN")));
}

}  // namespace
}  // namespace threadmill
