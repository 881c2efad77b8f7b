// `threadmill sweep` from the command line to the result file. What a machine under load does to these short
// probes must not matter: over connections, a limit of a minute is always kept. Over a rate a limit has to be
// far shorter than the trial, so that whether it is kept is the machine's to say, and no test asks for it.

#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "results/comparison/comparison.h"
#include "tests/end_to_end/run_in_folder.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SweepTest : public RunTest {
 protected:
  std::vector<std::string> sweep_arguments(const std::string& scenario, const std::string& models,
                                           std::vector<std::string> more) const {
    std::vector<std::string> words = {
        "sweep",         (kHere / scenario).string(),  "--models", models, "--out", out().string(),
        "--subject-dir", (kHere / "subjects").string()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  /// Of connections, under a limit that is always kept.
  std::vector<std::string> easy_arguments(const std::string& models, std::vector<std::string> more) const {
    more.insert(more.end(), {"--over", "connections", "--slo", "max<60s"});
    return sweep_arguments("tiny-sweep.json", models, std::move(more));
  }
  Finished easy_sweep(const std::string& models, std::vector<std::string> more) const {
    return threadmill_cli(easy_arguments(models, std::move(more)));
  }
  Finished sweep(const std::string& scenario, const std::string& models,
                 std::vector<std::string> more) const {
    return threadmill_cli(sweep_arguments(scenario, models, std::move(more)));
  }
};

TEST_F(SweepTest, ProbesUpToTheHighestLevelAndTellsThatItIsAtLeastThat) {
  const auto finished = easy_sweep("epoll,fork", {"--from", "4", "--to", "16", "--repeats", "2"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out,
              AllOf(HasSubstr("tiny-sweep: connections under max<60s of service time"), HasSubstr("≥ 16")));
  expect_page_told(finished);
  const auto file = results();
  EXPECT_EQ(file.header["run"]["kind"], "sweep");
  EXPECT_EQ(file.end_outcome, "complete");
  std::set<std::string> probed;
  for (const auto& scenario : file.scenarios) {
    EXPECT_EQ(scenario["sweep"]["of"], "tiny-sweep");
    EXPECT_EQ(scenario["load"]["connections"], scenario["sweep"]["level"]);
    EXPECT_TRUE(probed.insert(scenario["name"].get<std::string>()).second) << "each level once";
  }
  EXPECT_THAT(probed, testing::IsSupersetOf({"tiny-sweep@4", "tiny-sweep@8", "tiny-sweep@16"}));
  EXPECT_TRUE(conforms_to_schema(out()));
}

TEST_F(SweepTest, OverARateEachLevelIsOfferedAsTheScenarioHasIt) {
  sweep("tiny-rate.json", "epoll", {"--from", "100", "--to", "200", "--repeats", "1", "--slo", "p50<20ms"});
  const auto file = results();
  EXPECT_EQ(file.end_outcome, "complete");
  ASSERT_FALSE(file.scenarios.empty());
  for (const auto& scenario : file.scenarios) {
    EXPECT_EQ(scenario["load"]["arrivals"]["rate_per_s"], scenario["sweep"]["level"]);
    EXPECT_EQ(scenario["load"]["arrivals"]["process"], "constant");
  }
  ASSERT_EQ(results::compare({file}).sweeps.size(), 1U);
  EXPECT_TRUE(conforms_to_schema(out()));
}

TEST_F(SweepTest, AReportOfTheFileSaysTheSameAgain) {
  ASSERT_EQ(easy_sweep("epoll", {"--from", "4", "--to", "8", "--repeats", "1", "--no-report"}).exit_code, 0);
  const auto report = threadmill_cli({"report", out().string(), "--format", "md,csv"});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  const auto comparison = results::compare({results()});
  ASSERT_EQ(comparison.sweeps.size(), 1U);
  EXPECT_TRUE(comparison.scenarios.empty());
  EXPECT_EQ(comparison.sweeps[0].rows.at(0).capacity.value, 8);
}

TEST_F(SweepTest, OverConnectionsAPubsubScenarioGetsMoreSubscribers) {
  const auto finished =
      sweep("tiny-chat.json", "epoll",
            {"--over", "connections", "--slo", "max<60s", "--from", "2", "--to", "4", "--repeats", "1"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("tiny-chat: subscribers under"));
  for (const auto& scenario : results().scenarios)
    EXPECT_EQ(scenario["load"]["subscribers"], scenario["sweep"]["level"]);
}

TEST_F(SweepTest, AModelThatAnswersWronglyEndsItsSearchWithTheReasonAndTheOthersGoOn) {
  const auto finished = easy_sweep("epoll,lies", {"--from", "4", "--to", "8", "--repeats", "2"});
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("≥ 8"), HasSubstr("lies: at 4: failed at verify")));
}

TEST_F(SweepTest, AProgramThatIsNotInstalledIsToldInItsRow) {
  const auto finished = easy_sweep("epoll,not-installed", {"--from", "4", "--to", "4", "--repeats", "1"});
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("not-installed: at 4: failed at start"));
}

TEST_F(SweepTest, InterruptedItKeepsTheProbesThatAreFinished) {
  auto words = easy_arguments("epoll,fork", {"--from", "4", "--to", "8", "--repeats", "1000"});
  words.insert(words.begin(), built("threadmill"));
  Command command(words);
  const auto kept = [&] { return std::filesystem::exists(out()) ? results().trials.size() : 0; };
  while (kept() < 3) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ::kill(command.pid(), SIGINT);
  const auto finished = command.wait();
  EXPECT_EQ(finished.exit_code, 130) << finished.err;
  EXPECT_EQ(results().end_outcome, "interrupted");
  EXPECT_GE(results().trials.size(), 3U);
  EXPECT_FALSE(results::compare({results()}).sweeps.empty());
}

TEST_F(SweepTest, TimeThatIsUpEndsItWithWhatIsKnown) {
  const auto finished =
      easy_sweep("epoll", {"--from", "4", "--to", "8", "--repeats", "1000", "--time", "1s"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("--time 1s is over"));
  EXPECT_EQ(results().end_outcome, "complete");
}

TEST_F(SweepTest, MistakesAreToldBeforeAnythingIsStarted) {
  const auto refusal = [&](std::vector<std::string> more) {
    const auto finished = sweep("tiny-rate.json", "epoll", std::move(more));
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_FALSE(std::filesystem::exists(out()));
    return finished.err;
  };
  EXPECT_THAT(refusal({"--slo", "p98<5ms"}), HasSubstr("--slo: "));
  EXPECT_THAT(refusal({"--from", "10k", "--to", "1k"}), HasSubstr("--from 10000 is above --to 1000"));
  EXPECT_THAT(refusal({"--precision", "200%"}), HasSubstr("--precision: '200%'"));
  EXPECT_THAT(refusal({"--time", "soon"}), HasSubstr("--time: 'soon'"));
  EXPECT_THAT(refusal({"--over", "messages"}), HasSubstr("--over"));
  EXPECT_THAT(refusal({"--max-errors", "-1"}), HasSubstr("--max-errors"));
  EXPECT_THAT(threadmill_cli({"sweep", "quick"}).err, HasSubstr("one scenario, not the suite 'quick'"));
  EXPECT_THAT(threadmill_cli({"sweep", "echo-opem"}).err, HasSubstr("did you mean 'echo-open'"));
}

TEST_F(SweepTest, JsonIsTheReport) {
  const auto finished =
      easy_sweep("epoll", {"--from", "4", "--to", "8", "--repeats", "1", "--no-report", "--json"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  ASSERT_TRUE(conforms_to_schema(folder_.write("report.json", finished.out)));
  const auto report = nlohmann::json::parse(finished.out);
  EXPECT_EQ(report["sweeps"].at(0)["rows"].at(0)["capacity"]["value"], 8);
}

}  // namespace
}  // namespace threadmill
