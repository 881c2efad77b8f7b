// `threadmill compare` as a user calls it.

#include <gmock/gmock.h>

#include <algorithm>

#include "files.h"
#include "tests/support/command.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

/// With these words, given to a shell as they are.
Finished compare(const std::string& words) { return threadmill_shell("compare " + words); }

const std::string small_file = "'" + (data_folder / "small.jsonl").string() + "'";

TEST(CompareVerb, EndsWellWhateverItFinds) {
  const TemporaryFolder folder;
  const auto other = small_file_with(folder.path(), "6.1.0-example", "6.12.0").string();
  const auto outcome = compare(small_file + " " + other);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("kernel: 6.1.0-example | 6.12.0"));
  EXPECT_THAT(outcome.out, HasSubstr("light-100x10 / epoll"));
}

TEST(CompareVerb, ComparesSubjectsOfOneFileAsJson) {
  const auto outcome =
      compare(small_file +
              " --subjects fork,broker --scenario chat-50 --metric deliveries_per_s,pss_peak_bytes --json");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const json comparison = json::parse(outcome.out)["comparisons"].at(0);
  EXPECT_EQ(comparison["pairing"], "paired");
  EXPECT_EQ(comparison["changes"].size(), 2U);
  EXPECT_EQ(comparison["changes"][0]["outcome"], "too-few-samples");
}

TEST(CompareVerb, WarnsOfARunThatBrokeOff) {
  const TemporaryFolder folder;
  std::string text = contents_of(data_folder / "small.jsonl");
  text.resize(text.rfind("{"));  // the end record
  std::ofstream(folder.path() / "torn.jsonl") << text;
  const auto outcome = compare(small_file + " " + (folder.path() / "torn.jsonl").string());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("torn.jsonl"));
}

TEST(CompareVerb, FilesWithNothingInCommonAreRefusedWithTheReasons) {
  const TemporaryFolder folder;
  const auto other = folder.path() / "other.jsonl";
  std::ofstream changed(other);
  for (const std::string& line : lines_of(contents_of(data_folder / "small.jsonl"))) {
    json record = json::parse(line);
    if (record["record"] == "scenario") record["load"]["seconds_of_rest"] = 3;
    changed << record.dump() << "\n";
  }
  changed.close();
  const auto outcome = compare(small_file + " " + other.string());
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("small and other have nothing in common that could be compared:\n"));
  EXPECT_THAT(outcome.err, HasSubstr("light-100x10: not the same experiment in both: seconds_of_rest is its "
                                     "default and 3"));
  EXPECT_LE(lines_of(outcome.err).size(), 6U);
}

TEST(CompareVerb, BadInputIsExitCode2AndOneLineThatNamesItAndTheRemedy) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "notes.txt") << "shopping\n";
  const std::string other = small_file_with(folder.path(), "6.1.0-example", "6.12.0").string();
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"", "FILE.jsonl", "required"},
      {small_file, "is one file", "--subjects"},
      {small_file + " missing.jsonl", "missing.jsonl", "threadmill run"},
      {small_file + " " + (folder.path() / "notes.txt").string(), "notes.txt", "threadmill run"},
      {small_file + " " + small_file, "given twice", "once"},
      {small_file + " '" + (data_folder / "./small.jsonl").string() + "'", "given twice", "once"},
      {small_file + " --subjects epoll", "--subjects epoll", "name two"},
      {small_file + " --subjects epoll,epoll", "--subjects", "given twice"},
      {small_file + " --subjects epoll,forkk", "unknown subject 'forkk'", "did you mean 'fork'?"},
      {small_file + " " + other + " --subjects epoll,fork", "--subjects", "one file"},
      {small_file + " " + other + " --scenario chat-05", "unknown scenario 'chat-05'", "chat-50"},
      {small_file + " " + other + " --metric cpu_us_per_reqest", "unknown metric", "cpu_us_per_request"},
  };
  for (const auto& [words, named, remedy] : cases) {
    const auto outcome = compare(words);
    EXPECT_EQ(outcome.exit_code, 2) << words;
    EXPECT_THAT(outcome.err, HasSubstr(named));
    EXPECT_THAT(outcome.err, HasSubstr(remedy));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(outcome.out, "") << words;
  }
}

}  // namespace
}  // namespace threadmill::plots
