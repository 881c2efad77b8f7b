// Servers whose life is made hard: a crash, a kill, long computations.

#include <gmock/gmock.h>

#include <algorithm>

#include "results/file/facts.h"
#include "results/trial/trial.h"
#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

using results::Metric;
using ::testing::HasSubstr;

class BehaviourTest : public RunTest {
 protected:
  /// The trial of the subject in that scenario.
  nlohmann::json trial_of(const std::string& scenario, const std::string& subject) const {
    for (const auto& trial : results().trials) {
      if (trial["scenario"] == scenario && trial["subject"] == subject) return trial;
    }
    ADD_FAILURE() << scenario << " has no trial of " << subject;
    return {};
  }

  /// A run of several scenario files, with its report.
  Finished run_all(const std::vector<std::string>& scenarios, const std::string& models) const {
    auto words = arguments(scenarios.at(0), models, 1);
    for (std::size_t i = 1; i < scenarios.size(); ++i) words.push_back((kHere / scenarios[i]).string());
    std::erase(words, "--no-report");
    return threadmill_cli(words);
  }
};

TEST_F(BehaviourTest, ACrashAndAKillAreResultsAndNoFailures) {
  const auto finished = run_all({"tiny-crash.json", "tiny-kill.json"}, "fork,epoll");
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("epoll does not take part in tiny-kill"));
  EXPECT_TRUE(conforms_to_schema(out()));

  const auto fork = results::derive_trial(trial_of("tiny-crash", "fork"), 0);
  EXPECT_EQ(fork.problem, "");
  EXPECT_EQ(fork.values[Metric::clients_lost], 0);
  EXPECT_EQ(fork.values[Metric::clients_kept_percent], 100);
  EXPECT_EQ(fork.server_exit, "");

  const auto crashed = trial_of("tiny-crash", "epoll");
  EXPECT_EQ(crashed["server"]["ready"]["fault"], "crash");
  const auto epoll = results::derive_trial(crashed, 0);
  EXPECT_EQ(epoll.problem, "");
  EXPECT_EQ(epoll.values[Metric::clients_lost], 4);
  EXPECT_EQ(epoll.values[Metric::clients_away], 4);
  EXPECT_FALSE(epoll.values[Metric::recovery_ns]);
  EXPECT_THAT(epoll.server_exit, HasSubstr("Segmentation fault"));

  const auto kill = trial_of("tiny-kill", "fork");
  EXPECT_EQ(kill["fault"]["workers"], 4);
  const auto killed = results::derive_trial(kill, 0);
  EXPECT_EQ(killed.values[Metric::clients_lost], 1);
  EXPECT_EQ(killed.values[Metric::clients_away], 0);
  EXPECT_GT(killed.values[Metric::recovery_ns].value_or(0), 0);

  const auto report = contents_of(folder_.path() / "run/report.md");
  EXPECT_THAT(report, HasSubstr("## Behaviour"));
  EXPECT_THAT(report, HasSubstr("| fork | held | **lost clients** |"));
  EXPECT_THAT(report, HasSubstr("| epoll | **lost clients** | not applicable |"));
  EXPECT_THAT(contents_of(folder_.path() / "run/index.html"), HasSubstr("id=\"behaviour\""));
}

TEST_F(BehaviourTest, OptionsOfAScenarioReachTheServerAndEveryReport) {
  ASSERT_EQ(run("tiny-work.json", "fork,epoll", 1).exit_code, 0);
  for (const char* subject : {"fork", "epoll"}) {
    const auto trial = trial_of("tiny-work", subject);
    EXPECT_EQ(trial["server"]["ready"]["work"], "1ms:50%");
    // 2 x 50 requests, half of which take a millisecond.
    EXPECT_GE(results::derive_trial(trial, 0).values[Metric::cpu_us_per_request].value_or(0), 400);
  }
  const auto file = results();
  const auto facts = results::fairness_facts(file.header, file.trials);
  EXPECT_TRUE(std::any_of(facts.begin(), facts.end(), [](const auto& fact) {
    return fact.name == "CPU time on purpose" && fact.value.find("1ms:50%") != std::string::npos;
  }));
}

TEST_F(BehaviourTest, WhatCannotTakePartIsRefusedWithTheReason) {
  const auto finished = run("tiny-kill.json", "epoll", 1);
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("it has no worker processes of which one could be killed"));
}

}  // namespace
}  // namespace threadmill
