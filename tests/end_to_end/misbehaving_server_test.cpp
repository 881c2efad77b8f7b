// Servers that do something wrong: each gives a record with stage and reason, and the run goes on.

#include <gmock/gmock.h>

#include "tests/end_to_end/run_in_folder.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class MisbehavingServer : public RunTest {
 protected:
  /// Runs the subject beside a sound one, and returns the record of its failure.
  nlohmann::json failure_of(const std::string& subject) {
    const auto finished = run("tiny-echo.json", subject + ",epoll", 1);
    EXPECT_EQ(finished.exit_code, 1) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("1 trials failed:\n  tiny-echo " + subject + " repeat 1"));
    const auto file = results();
    EXPECT_EQ(file.end_outcome, "complete");
    nlohmann::json failure;
    for (const auto& trial : file.trials) {
      if (trial["subject"] == subject) {
        failure = trial["failure"];
      } else {
        EXPECT_EQ(trial["outcome"], "ok");
      }
    }
    EXPECT_EQ(file.trials.size(), 2U);
    return failure;
  }
};

TEST_F(MisbehavingServer, NeverReady) {
  const auto failure = failure_of("never-ready");
  EXPECT_EQ(failure["stage"], "start");
  EXPECT_THAT(failure["reason"], HasSubstr("no ready line within 10 s"));
}

TEST_F(MisbehavingServer, EndsBeforeItIsReady) {
  const auto failure = failure_of("silent");
  EXPECT_EQ(failure["stage"], "start");
  EXPECT_THAT(failure["reason"], AllOf(HasSubstr("status 3"), HasSubstr("no configuration found")));
}

TEST_F(MisbehavingServer, DiesInMidTrial) {
  const auto failure = failure_of("dies");
  EXPECT_EQ(failure["stage"], "load");
  EXPECT_THAT(failure["reason"], AllOf(HasSubstr("signal 9"), HasSubstr("out of luck")));
}

TEST_F(MisbehavingServer, AnswersWrongly) {
  const auto failure = failure_of("lies");
  EXPECT_EQ(failure["stage"], "verify");
  EXPECT_THAT(failure["reason"], HasSubstr("answers wrongly"));
}

TEST_F(MisbehavingServer, IgnoresSigterm) {
  const auto failure = failure_of("stays");
  EXPECT_EQ(failure["stage"], "stop");
  EXPECT_THAT(failure["reason"], HasSubstr("did not end within 5 s"));
}

TEST_F(MisbehavingServer, IsNotInstalled) {
  const auto failure = failure_of("not-installed");
  EXPECT_EQ(failure["stage"], "start");
  EXPECT_THAT(failure["reason"],
              HasSubstr("threadmill-no-such-program is not installed: apt-get install no-such-package"));
}

}  // namespace
}  // namespace threadmill
