// What is done to a server in mid-run, and what becomes of its clients and their messages.

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "results/trial/trial.h"
#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/children.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

using results::Metric;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

// Where a server need not come back, or comes back from where it was.
const nlohmann::json kShortLoad = {{"stop", {{"duration_s", 2}}}};

class FaultTest : public RunTest {
 protected:
  /// The words of a run of tiny-fault.json with these parts in place of its own, with its report.
  std::vector<std::string> words_for(const nlohmann::json& patch, const std::string& models,
                                     const std::filesystem::path& subjects = kHere / "subjects") const {
    auto scenario = nlohmann::json::parse(contents_of(kHere / "tiny-fault.json"));
    scenario.merge_patch(patch);
    const auto file = folder_.path() / "tiny-fault.json";
    std::ofstream(file) << scenario;
    auto words = arguments("tiny-fault.json", models, 1);
    for (auto& word : words) {
      if (word == (kHere / "tiny-fault.json").string()) word = file.string();
      if (word == (kHere / "subjects").string()) word = subjects.string();
    }
    std::erase(words, "--no-report");
    return words;
  }
  Finished run_with(const nlohmann::json& patch, const std::string& models,
                    const std::filesystem::path& subjects = kHere / "subjects") const {
    return threadmill_cli(words_for(patch, models, subjects));
  }
  /// Why the only trial failed.
  std::string failure() const {
    const auto file = results();
    EXPECT_EQ(file.trials.size(), 1U);
    return file.trials.at(0)["outcome"] == "failed" ? file.trials[0]["failure"].dump() : "it did not";
  }

  /// Each trial as reports have it, which were all valid.
  std::vector<results::Trial> trials() const {
    EXPECT_TRUE(conforms_to_schema(out()));
    std::vector<results::Trial> trials;
    for (const auto& record : results().trials) {
      EXPECT_EQ(record["outcome"], "ok") << record["failure"];
      EXPECT_GT(record["fault"]["struck_ns"], 0);
      trials.push_back(results::derive_trial(record, 0));
      EXPECT_EQ(trials.back().problem, "");
      const auto& continuity = record["load"]["continuity"];
      EXPECT_EQ(continuity["confirmed"], continuity["published"]) << "it serves again in the end";
    }
    return trials;
  }
};

TEST_F(FaultTest, AServerThatIsKilledIsBackAndItsClientsToo) {
  const auto finished = run_with(nlohmann::json::object(), "fork,epoll,redis-server");
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  for (const auto& trial : trials()) {
    SCOPED_TRACE(trial.subject);
    EXPECT_EQ(trial.values[Metric::clients_lost], 4);
    EXPECT_EQ(trial.values[Metric::clients_away], 0);
    EXPECT_GE(trial.values[Metric::longest_unconfirmed_ns].value_or(0), 0.1e9) << "so long it was away";
    EXPECT_TRUE(trial.values[Metric::fault_noticed_ns]);
    EXPECT_TRUE(trial.values[Metric::messages_lost]);
  }
  const auto report = contents_of(folder_.path() / "run/report.md");
  EXPECT_THAT(
      report,
      HasSubstr("0.2 s into the window the server is killed (SIGKILL) and started again after 0.1 s"));
  EXPECT_THAT(report, HasSubstr("What became of messages, and of the service:"));
}

TEST_F(FaultTest, ARestartIsSurvived) {
  ASSERT_EQ(
      run_with({{"fault", {{"kind", "restart"}, {"at_s", 0.2}, {"for_s", nullptr}}}}, "epoll").exit_code, 0);
  const auto trial = trials().at(0);
  EXPECT_EQ(trial.values[Metric::clients_lost], 4);
  EXPECT_EQ(trial.values[Metric::clients_away], 0);
}

TEST_F(FaultTest, ARestartAsksTheServerToEnd) {
  const auto asked = folder_.path() / "asked";
  const auto subjects = folder_.path() / "subjects";
  std::filesystem::create_directory(subjects);
  std::ofstream(subjects / "tells.json") << nlohmann::json{
      {"name", "tells"},
      {"summary", "Our server below a shell that writes down when it is asked to end"},
      {"services", {"chat"}},
      {"command",
       {"sh", "-c",
        "trap 'echo asked >> \"$0\"; kill -TERM $server; wait $server; exit 0' TERM\n"
        "\"$1\" --model epoll --service chat --address \"$2\" --port \"$3\" > /dev/null & server=$!\n"
        "wait $server",
        asked.string(), "{threadmill-server}", "{address}", "{port}"}},
      {"ready", {{"connect", true}}}};
  const auto finished =
      run_with({{"subjects", {"tells"}}, {"fault", {{"kind", "restart"}, {"at_s", 0.2}, {"for_s", nullptr}}}},
               "tells", subjects);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(trials().at(0).values[Metric::clients_away], 0);
  EXPECT_EQ(contents_of(asked), "asked\nasked\n") << "in mid-run, and when the trial was over";
}

TEST_F(FaultTest, AServerThatIsStoppedLosesNothing) {
  ASSERT_EQ(run_with({{"fault", {{"kind", "stop"}, {"at_s", 0.2}, {"for_s", 0.2}}}, {"load", kShortLoad}},
                     "fork,epoll")
                .exit_code,
            0);
  for (const auto& trial : trials()) {
    EXPECT_EQ(trial.values[Metric::clients_lost], 0);
    EXPECT_EQ(trial.values[Metric::messages_lost], 0);
    EXPECT_FALSE(trial.values[Metric::fault_noticed_ns]) << "nobody is told that it stands still";
    EXPECT_GE(trial.values[Metric::longest_unconfirmed_ns].value_or(0), 0.15e9);
  }
}

TEST_F(FaultTest, AJournalKeepsWhatWasConfirmedOverAKill) {
  const auto finished =
      run_with({{"server", {{"journal", true}}}, {"load", {{"protocol", "rooms"}}}}, "epoll");
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(trials().at(0).values[Metric::messages_lost], 0);
}

TEST_F(FaultTest, AServerThatEndsOfAFullDiskIsStartedAgainAndNothingConfirmedIsLost) {
  if (::geteuid() != 0) GTEST_SKIP() << "a small tmpfs takes root";
  const auto finished = run_with({{"fault", {{"kind", "full disk"}, {"at_s", 0.2}, {"for_s", 0.3}}},
                                  {"server", {{"journal", true}}},
                                  {"load", {{"protocol", "rooms"}}}},
                                 "epoll");
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const auto trial = trials().at(0);
  EXPECT_THAT(results().trials.at(0)["fault"]["ended"], HasSubstr("No space left on device"));
  EXPECT_EQ(trial.values[Metric::clients_lost], 4);
  EXPECT_EQ(trial.values[Metric::clients_away], 0);
  EXPECT_EQ(trial.values[Metric::messages_lost], 0);
}

TEST_F(FaultTest, APartitionHoldsUpEveryMessageAndLosesNone) {
  const auto finished = run_with({{"fault", {{"kind", "partition"}, {"at_s", 0.2}, {"for_s", 0.3}}},
                                  {"network", {{"delay_ms", 1}}},
                                  {"load", kShortLoad}},
                                 "epoll");
  if (finished.exit_code == 2) {
    ASSERT_THAT(finished.err,
                AnyOf(HasSubstr("needs root"), HasSubstr("install iproute2"), HasSubstr("nor a tun device")));
    GTEST_SKIP() << finished.err;
  }
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const auto trial = trials().at(0);
  EXPECT_EQ(trial.values[Metric::messages_lost], 0);
  EXPECT_GE(trial.values[Metric::longest_unconfirmed_ns].value_or(0), 0.25e9);
}

TEST_F(FaultTest, ASupervisorSaysWhoIsToBeHitAndStartsItAgainInItsOwnTime) {
  const auto finished = run_with(nlohmann::json::object(), "supervised");
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const auto trial = trials().at(0);
  EXPECT_EQ(trial.values[Metric::clients_lost], 4);
  EXPECT_EQ(trial.values[Metric::clients_away], 0);
  const auto record = results().trials.at(0);
  EXPECT_NE(record["fault"]["pid"], record["server"]["ready"]["victim_pid"]) << "that had ended before";
  EXPECT_FALSE(record["fault"].contains("for_s")) << "it was away for as long as its supervisor took";
  EXPECT_FALSE(record["fault"].contains("mended_ns"));
}

TEST_F(FaultTest, AProcessThatIsNotThereIsNotHit) {
  EXPECT_NE(run_with({{"load", kShortLoad}}, "supervised-by-the-past").exit_code, 0);
  EXPECT_THAT(failure(), AllOf(HasSubstr("the fault \\\"kill\\\" failed"), HasSubstr("is not there")));
}

TEST_F(FaultTest, AServerThatDoesNotEndWhenAskedIsNotStartedAgain) {
  EXPECT_NE(
      run_with({{"fault", {{"kind", "restart"}, {"at_s", 0.2}, {"for_s", nullptr}}}, {"load", kShortLoad}},
               "never-ends")
          .exit_code,
      0);
  EXPECT_THAT(failure(), HasSubstr("the server was asked to end, and had not"));
}

TEST_F(FaultTest, AServerThatCannotBeStartedAgainFailsItsTrialOnly) {
  folder_.write("subjects/once.sh", "#!/bin/sh\nrm \"$0\"\nexec \"$@\"\n");
  const auto script = folder_.path() / "subjects/once.sh";
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  const nlohmann::json subject = {
      {"name", "once"},
      {"summary", "A server of the tests whose program is gone once it has started"},
      {"services", {"chat"}},
      {"command",
       {"{folder}/once.sh", "{threadmill-server}", "--model", "epoll", "--service", "{service}", "--port",
        "{port}", "--address", "{address}"}},
      {"ready", {{"json_line", true}}}};
  folder_.write("subjects/once.json", subject.dump());
  auto words = words_for({{"load", kShortLoad}}, "once");
  words.insert(words.end(), {"--subject-dir", (folder_.path() / "subjects").string()});
  const auto finished = threadmill_cli(words);
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_THAT(failure(), HasSubstr("the server could not be started again: "));
}

TEST_F(FaultTest, NothingIsLeftOfAJournalWhereTheRunIsKilled) {
  const TemporaryFolder temporary;
  auto words = words_for({{"server", {{"journal", true}}}, {"load", {{"protocol", "rooms"}}}}, "epoll");
  words.insert(words.begin(), {"env", "TMPDIR=" + temporary.path().string(), built("threadmill")});
  Command command(words);
  while (std::filesystem::is_empty(temporary.path())) ::usleep(5000);
  ::kill(std::stoi(children_of(command.pid())), SIGKILL);  // the half of it that works
  command.wait();
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
}

}  // namespace
}  // namespace threadmill
