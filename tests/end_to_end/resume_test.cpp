// run --resume: what is interrupted, broken off or torn becomes the run that was asked for.

#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <thread>
#include <tuple>

#include "tests/end_to_end/run_in_folder.h"

namespace threadmill {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

using TrialKey = std::tuple<std::string, std::string, int, int, std::string>;

std::vector<TrialKey> keys_of(const results::ResultFile& file) {
  std::vector<TrialKey> keys;
  for (const auto& trial : file.trials) {
    keys.emplace_back(trial["scenario"], trial["subject"], trial["repeat"], trial["sequence"],
                      trial["outcome"]);
  }
  return keys;
}

class Resume : public RunTest {
 protected:
  std::vector<json> lines() const {
    std::ifstream in(out());
    std::vector<json> records;
    for (std::string line; std::getline(in, line);) records.push_back(json::parse(line));
    return records;
  }
  /// The first `count` of the records, and then a piece of the next one.
  void write(const std::vector<json>& records, std::size_t count, std::size_t torn_bytes = 0) const {
    std::ofstream file(out());
    for (std::size_t i = 0; i < count; ++i) file << records[i].dump() << '\n';
    if (torn_bytes > 0) file << records[count].dump().substr(0, torn_bytes);
  }
  /// A finished run of which only the first two trials are left, changed as a test wants it.
  void break_off(const std::function<void(std::vector<json>&)>& change) const {
    ASSERT_EQ(run("tiny-echo.json", "fork,epoll", 2).exit_code, 0);
    auto records = lines();
    change(records);
    write(records, 4);
  }
  Finished run_two_scenarios(int repeats) const {
    auto words = arguments("tiny-echo.json", "epoll", repeats);
    words.insert(words.begin() + 2, (kHere / "tiny-ping.json").string());
    return threadmill_cli(words);
  }
  Finished resume(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"run", "--resume", out().string(), "--no-report"});
    return threadmill_cli(more);
  }
  void expect_refused(const Finished& finished, const std::string& told) const {
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(told));
  }
  static void nothing(std::vector<json>&) {}
};

// With a failed trial and a program that is not there among them: they are results and not repeated.
TEST_F(Resume, WhereverTheFileBreaksOffTheResultIsThatOfAnUninterruptedRun) {
  ASSERT_EQ(run("tiny-echo.json", "epoll,silent,not-installed", 2).exit_code, 1);
  const auto whole = keys_of(results());
  ASSERT_EQ(whole.size(), 5U);
  const auto records = lines();
  for (const std::size_t kept : {2U, 4U, 6U, 7U}) {
    SCOPED_TRACE(kept);
    write(records, kept, kept == 4 ? 50 : 0);
    const auto finished = resume();
    EXPECT_EQ(finished.exit_code, 1) << finished.err;
    if (kept == 4) {
      EXPECT_THAT(finished.err, HasSubstr("line 5, the last, is torn and was left out"));
    }
    const auto file = results();
    EXPECT_EQ(keys_of(file), whole);
    EXPECT_EQ(file.end_outcome, "complete");
    EXPECT_EQ(file.resumes.size(), 1U);
    EXPECT_TRUE(file.warnings.empty()) << file.warnings[0];
  }
  EXPECT_TRUE(conforms_to_schema(out()));
}

TEST_F(Resume, AnInterruptedRunGoesOnAndMayBeInterruptedAgain) {
  auto words = arguments("tiny-echo.json", "fork,epoll", 6);
  words.insert(words.begin(), built("threadmill"));
  const std::vector<std::string> again = {built("threadmill"), "run", "--resume", out().string(),
                                          "--no-report"};
  std::size_t kept = 0;
  for (const auto& argv : {words, again}) {
    Command command(argv);
    const auto enough = [&] { return std::filesystem::exists(out()) && results().trials.size() > kept + 1; };
    while (!enough()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ::kill(command.pid(), SIGINT);
    const auto finished = command.wait();
    ASSERT_EQ(finished.exit_code, 130) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("threadmill run --resume " + out().string()));
    EXPECT_EQ(results().end_outcome, "interrupted");
    kept = results().trials.size();
  }
  EXPECT_EQ(resume().exit_code, 0);
  const auto file = results();
  EXPECT_EQ(file.end_outcome, "complete");
  EXPECT_EQ(file.resumes.size(), 2U);
  auto resumed = keys_of(file);
  std::filesystem::remove(out());
  ASSERT_EQ(run("tiny-echo.json", "fork,epoll", 6).exit_code, 0);
  EXPECT_EQ(resumed, keys_of(results()));
}

TEST_F(Resume, WhatIsCompleteIsRefused) {
  ASSERT_EQ(run("tiny-echo.json", "epoll", 1).exit_code, 0);
  expect_refused(resume(), "run.jsonl: it is complete");
}

TEST_F(Resume, OptionsThatContradictAreNamed) {
  break_off(nothing);
  for (const auto& [option, value] : {std::pair{"--models", "epoll"},
                                      {"--repeats", "4"},
                                      {"--seed", "2"},
                                      {"--out", "/tmp/other.jsonl"},
                                      {"--subject-dir", "/tmp"},
                                      {"--load-hosts", "a,b"}}) {
    expect_refused(resume({option, value}), fmt::format("{}: the run in", option));
  }
  expect_refused(resume({"echo-64"}), "SUITE|SCENARIO: the run in");
  EXPECT_EQ(results().trials.size(), 2U) << "a refusal changes nothing";
  EXPECT_EQ(resume({"--models", "fork,epoll", "--seed", "1", "--out", out().string()}).exit_code, 0)
      << "what repeats what the run was begun with is no contradiction";
}

TEST_F(Resume, AFileOfAnotherProcessIsRefused) {
  break_off(nothing);
  const results::ResultWriter writer(out());
  expect_refused(resume(), "another process writes to it");
}

// Two scenarios, whose order a later version mirrors in the second block.
TEST_F(Resume, ARunBegunInTheOrderOfAnEarlierVersionKeepsIt) {
  const auto scenarios_after = [&](const char* order) {
    std::filesystem::remove(out());
    EXPECT_EQ(run_two_scenarios(4).exit_code, 0);
    auto records = lines();
    records[0]["run"]["order"] = order;
    write(records, 5);  // the header, two scenarios, two trials
    EXPECT_EQ(resume().exit_code, 0);
    std::vector<std::string> names;
    for (const auto& trial : results().trials) names.push_back(trial["scenario"]);
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(scenarios_after("ABBA blocks, seeded shuffle"),
            Names({"tiny-echo", "tiny-echo", "tiny-ping", "tiny-ping", "tiny-echo", "tiny-echo", "tiny-ping",
                   "tiny-ping"}));
  EXPECT_EQ(scenarios_after("ABBA blocks of subjects and of scenarios, seeded shuffle"),
            Names({"tiny-echo", "tiny-echo", "tiny-ping", "tiny-ping", "tiny-ping", "tiny-ping", "tiny-echo",
                   "tiny-echo"}));
}

TEST_F(Resume, AnOrderThatIsNotKnownIsRefused) {
  break_off([](auto& records) { records[0]["run"]["order"] = "by size"; });
  expect_refused(resume(), "in an order that this threadmill does not make (\"by size\")");
}

TEST_F(Resume, ANewerVersionIsRefused) {
  break_off([](auto& records) { records[0]["schema_version"] = 2; });
  expect_refused(resume(), "has schema_version 2");
}

TEST_F(Resume, WhatIsNoRunIsRefused) {
  break_off([](auto& records) { records[0]["run"]["kind"] = "gate"; });
  expect_refused(resume(), "it is of `threadmill gate`");
}

TEST_F(Resume, AHeaderThatNoRunWritesIsRefusedByItsKey) {
  break_off([](auto& records) { records[0]["run"]["repeats"] = 2'000'000'000; });
  expect_refused(resume(), "run.jsonl: its header's \"repeats\" is not a number from 1 to 1000");
  auto records = lines();
  records[0]["run"]["repeats"] = 2;
  records[0]["run"]["missing"] = {"fork", 7};
  write(records, records.size());
  expect_refused(resume(), "run.jsonl: its header's \"missing\" is not a list of names");
}

TEST_F(Resume, ALoadThatHasChangedIsRefused) {
  break_off([](auto& records) { records[1]["load"]["connections"] = 5; });
  expect_refused(resume(), "the scenario 'tiny-echo' was begun with another load");
}

TEST_F(Resume, AScenarioThatIsNoLongerAskedForIsRefused) {
  break_off([](auto& records) { records[1]["name"] = "tiny-ping"; });
  expect_refused(resume(), "begun with the scenarios tiny-ping, and would now run tiny-echo");
}

TEST_F(Resume, ATrialThatWouldNotBeMadeIsRefused) {
  break_off([](auto& records) { records[3]["repeat"] = 7; });
  expect_refused(resume(), "repeat 8) that this run would not make");
}

TEST_F(Resume, ASubjectWithAnotherCommandIsRefused) {
  break_off([](auto& records) { records[3]["server"]["command"][2] = "another"; });
  expect_refused(resume(), "was begun with the command");
}

TEST_F(Resume, AForeignServersPortIsNoDifference) {
  ASSERT_EQ(run("tiny-ping.json", "redis-server", 2).exit_code, 0);
  write(lines(), 3);
  const auto finished = resume();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(results().trials.size(), 2U);
}

TEST_F(Resume, AChangedMachineIsWarnedOfAndKept) {
  break_off([](auto& records) {
    records[0]["environment"]["kernel"] = "Linux 1.0";
    records[0]["tool"]["git_commit"] = "0123abc";
    records[0]["run"]["server_cpus"] = {77};
  });
  const auto finished = resume();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr("kernel: Linux 1.0 then, Linux "), HasSubstr("commit of threadmill: 0123abc"),
                    HasSubstr("CPUs of the servers: 77 then, "), Not(HasSubstr("CPU model:"))));
  ASSERT_EQ(results().warnings.size(), 3U) << "a reader of the file is told, too";
  EXPECT_THAT(results().warnings, Contains(HasSubstr("kernel: Linux 1.0 then")));
}

TEST_F(Resume, AFileThatIsNotThereIsNamed) { expect_refused(resume(), "run.jsonl: no such file"); }

}  // namespace
}  // namespace threadmill
