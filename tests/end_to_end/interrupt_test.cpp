// Ctrl-C, and files that were cut.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/end_to_end/run_in_folder.h"

namespace threadmill {
namespace {

using ::testing::HasSubstr;

std::size_t kept_trials(const std::filesystem::path& file) {
  return std::filesystem::exists(file) ? results::read_result_file(file).trials.size() : 0;
}

// Orphans of our children become ours, as this process asked for.
std::string my_children() {
  std::string children;
  std::ifstream in(fmt::format("/proc/self/task/{}/children", ::getpid()));
  std::getline(in, children);
  return children;
}

class Interrupt : public RunTest, public ::testing::WithParamInterface<int> {};

TEST_P(Interrupt, KeepsWhatIsFinishedAndLeavesNothingRunning) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  auto words = arguments("tiny-echo.json", "fork,epoll", 1000);
  words.insert(words.begin(), built("threadmill"));
  Command command(words);
  while (kept_trials(out()) < 2) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ::kill(command.pid(), GetParam());
  const auto finished = command.wait();
  EXPECT_EQ(finished.exit_code, 130) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("interrupted"));
  EXPECT_EQ(my_children(), "");
  const auto file = results();
  EXPECT_EQ(file.end_outcome, "interrupted");
  EXPECT_GE(file.trials.size(), 2U);
  for (const auto& trial : file.trials) EXPECT_EQ(trial["outcome"], "ok") << trial["failure"];
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupt, ::testing::Values(SIGINT, SIGTERM));

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
