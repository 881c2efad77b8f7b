// `threadmill study` from the command line to the result file and the report.

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// What is printed is broken where the screen ends, which is elsewhere for longer figures.
std::string in_one_line(const std::string& text) { return std::regex_replace(text, std::regex("\\s+"), " "); }

class StudyTest : public RunTest {
 protected:
  Finished study(std::vector<std::string> more) const {
    std::vector<std::string> words = {"study",         (kHere / "tiny-study.json").string(),
                                      "--out",         out().string(),
                                      "--no-selftest", "--no-syscalls"};
    words.insert(words.end(), more.begin(), more.end());
    return threadmill_cli(words);
  }
};

TEST_F(StudyTest, RunsItsScenariosAndPrintsTheAnswer) {
  const auto finished = study({});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("no-such-peer is left out"));
  EXPECT_THAT(finished.out, AllOf(HasSubstr("Study: A tiny study for the tests (the tests)"),
                                  HasSubstr("confirmed: Every message is answered.\n"),
                                  HasSubstr("four-clients: no error in 6 trials."),
                                  HasSubstr("confirmed: A request a second is no problem.\n"),
                                  HasSubstr("nothing measured of no-such-peer")));
  EXPECT_THAT(in_one_line(finished.out), HasSubstr(", 6 repeats)"));
  expect_page_told(finished);
  const auto file = results();
  EXPECT_EQ(file.trials.size(), 12U);
  EXPECT_EQ(file.header["run"]["kind"], "study");
  EXPECT_EQ(file.header["run"]["study"], "tiny-study");
  EXPECT_TRUE(conforms_to_schema(out()));
}

TEST_F(StudyTest, AReportOfTheFileSaysTheSameWithoutTheStudysFile) {
  const auto finished = study({"--no-report", "--seed", "7"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out, "");
  EXPECT_EQ(results().header["run"]["seed"], 7);
  const auto report = threadmill_cli({"report", out().string(), "--format", "md"});
  ASSERT_EQ(report.exit_code, 0) << report.err;
  EXPECT_THAT(contents_of(folder_.path() / "run/report.md"),
              AllOf(HasSubstr("## Study: A tiny study for the tests"),
                    HasSubstr("**confirmed**: Every message is answered."), HasSubstr("| 2,778.06 |"),
                    HasSubstr("Not measured on this machine: no-such-peer."), HasSubstr("--seed 7")));
}

TEST_F(StudyTest, FewRepeatsDecideNothing) {
  const auto finished = study({"--repeats", "2"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(results().trials.size(), 4U);
  EXPECT_THAT(finished.out, HasSubstr("not decided: A request a second is no problem.\n"));
}

TEST_F(StudyTest, WhatBrokeOffIsGoneOnWith) {
  ASSERT_EQ(study({"--no-report"}).exit_code, 0);
  const auto whole = contents_of(out());
  std::size_t end = 0;
  for (int line = 0; line < 5; ++line) end = whole.find('\n', end) + 1;
  std::ofstream(out()) << whole.substr(0, end);
  const auto finished = threadmill_cli({"run", "--resume", out().string()});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(results().trials.size(), 12U);
  ASSERT_EQ(threadmill_cli({"report", out().string(), "--format", "md"}).exit_code, 0);
  EXPECT_THAT(contents_of(folder_.path() / "run/report.md"),
              HasSubstr("**confirmed**: Every message is answered."));
}

TEST_F(StudyTest, ADryRunSaysWhatWouldBeRunAndRunsNothing) {
  const auto finished = study({"--dry-run"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("four-clients"));
  EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(StudyTest, MistakesAreToldBeforeAnythingIsStarted) {
  const auto unknown = threadmill_cli({"study", "fan-ot"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("unknown study 'fan-ot'; did you mean 'fan-out'"));
  const auto file = folder_.write("mine.json", R"({"name": "mine", "claim": []})");
  const auto misspelt = threadmill_cli({"study", file.string()});
  EXPECT_EQ(misspelt.exit_code, 2);
  EXPECT_THAT(misspelt.err, HasSubstr("mine.json: unknown key \"claim\"; did you mean \"claims\""));
}

}  // namespace
}  // namespace threadmill
