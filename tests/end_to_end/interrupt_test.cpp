// Ctrl-C, and files that were cut.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/children.h"

namespace threadmill {
namespace {

using ::testing::HasSubstr;

std::size_t kept_trials(const std::filesystem::path& file) {
  return std::filesystem::exists(file) ? results::read_result_file(file).trials.size() : 0;
}

class Signals : public RunTest {
 protected:
  Signals() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

  /// A long run that has kept its first trials.
  std::unique_ptr<Command> begin(std::vector<std::string> prefix = {},
                                 const std::string& models = "fork,detaches") const {
    auto words = arguments("tiny-echo.json", models, 1000);
    words.insert(words.begin(), built("threadmill"));
    words.insert(words.begin(), prefix.begin(), prefix.end());
    auto command = std::make_unique<Command>(words);
    while (kept_trials(out()) < 2) std::this_thread::sleep_for(kPause);
    return command;
  }

  /// Reaps what becomes ours until nothing is left; gives up after a while.
  static bool everything_ends() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!my_children().empty()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      if (::waitpid(-1, nullptr, WNOHANG) <= 0) std::this_thread::sleep_for(kPause);
    }
    return true;
  }

  static constexpr std::chrono::milliseconds kPause{5};
};

class Interrupt : public Signals, public ::testing::WithParamInterface<int> {};

TEST_P(Interrupt, KeepsWhatIsFinishedAndLeavesNothingRunning) {
  const auto command = begin();
  ::kill(command->pid(), GetParam());
  const auto finished = command->wait();
  EXPECT_EQ(finished.exit_code, 130) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("interrupted"));
  EXPECT_EQ(my_children(), "");
  const auto file = results();
  EXPECT_EQ(file.end_outcome, "interrupted");
  EXPECT_GE(file.trials.size(), 2U);
  for (const auto& trial : file.trials) EXPECT_EQ(trial["outcome"], "ok") << trial["failure"];
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupt, ::testing::Values(SIGINT, SIGTERM, SIGHUP));

TEST_F(Signals, AServerThatTakesItsTimeToEndMayTidyUp) {
  const auto kept = folder_.path() / "kept";
  const nlohmann::json subject = {
      {"name", "tidy"},
      {"summary", "A server of the tests that is never ready, and keeps a file while it is there"},
      {"services", {"echo"}},
      {"command",
       {"sh", "-c", "trap 'rm \"$0\"; exit 0' TERM; : >\"$0\"; while :; do sleep 0.01 & wait; done",
        kept.string()}},
      {"ready", {{"json_line", true}, {"within_s", 600}}},
      {"stop_within_s", 60}};
  folder_.write("subjects/tidy.json", subject.dump());
  Command command({built("threadmill"), "run", (kHere / "tiny-echo.json").string(), "--models", "tidy",
                   "--out", out().string(), "--no-report", "--no-selftest", "--subject-dir",
                   (folder_.path() / "subjects").string()});
  while (!std::filesystem::exists(kept)) std::this_thread::sleep_for(kPause);
  ::kill(command.pid(), SIGINT);
  EXPECT_EQ(command.wait().exit_code, 130);
  EXPECT_FALSE(std::filesystem::exists(kept));
  EXPECT_EQ(my_children(), "");
}

TEST_F(Signals, AnImpatientUserGetsTheSame) {
  const auto command = begin();
  for (int i = 0; i < 20; ++i) {
    ::kill(command->pid(), SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(command->wait().exit_code, 130);
  EXPECT_EQ(my_children(), "");
  EXPECT_EQ(results().end_outcome, "interrupted");
}

TEST_F(Signals, NohupIsRespected) {
  const auto command = begin({"nohup"});
  ::kill(command->pid(), SIGHUP);
  const auto kept = kept_trials(out());
  while (kept_trials(out()) < kept + 2) std::this_thread::sleep_for(kPause);
  ::kill(command->pid(), SIGINT);
  EXPECT_EQ(command->wait().exit_code, 130);
}

// The process that the user sees: the other half is interrupted, and ends the file.
TEST_F(Signals, Kill9LeavesNothingRunning) {
  const auto command = begin();
  ::kill(command->pid(), SIGKILL);
  EXPECT_EQ(command->wait().exit_code, 128 + SIGKILL);
  EXPECT_TRUE(everything_ends());
  EXPECT_EQ(results().end_outcome, "interrupted");
}

// The process that does the work: its guardian kills what it leaves.
TEST_F(Signals, Kill9OfTheWorkingHalfLeavesNothingRunning) {
  const auto command = begin({}, "detaches");
  const pid_t working = std::stoi(children_of(command->pid()));
  // Until there is a server with the process that it has sent away.
  const auto has_orphan = [&] {
    const auto children = children_of(working);
    return std::count(children.begin(), children.end(), ' ') >= 2;
  };
  while (!has_orphan()) std::this_thread::sleep_for(kPause);
  ::kill(working, SIGKILL);
  EXPECT_EQ(command->wait().exit_code, 128 + SIGKILL);
  EXPECT_EQ(my_children(), "");
  EXPECT_FALSE(results().end_outcome);
}

TEST_F(RunTest, FileCutInHalfKeepsItsTrials) {
  ASSERT_EQ(run("tiny-echo.json", "epoll", 4).exit_code, 0);
  std::filesystem::resize_file(out(), std::filesystem::file_size(out()) * 6 / 10);
  const auto file = results();
  EXPECT_GE(file.trials.size(), 1U);
  EXPECT_LT(file.trials.size(), 4U);
  ASSERT_EQ(file.warnings.size(), 1U);
  EXPECT_THAT(file.warnings[0], HasSubstr("survive"));
}

}  // namespace
}  // namespace threadmill
