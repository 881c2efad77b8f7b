// `threadmill compare` as a user calls it.

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>

#include "files.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

struct Outcome {
  int exit_code = 0;
  std::string text;
  std::string errors;
};

/// Runs `threadmill compare` with these words, given to a shell as they are.
Outcome compare(const std::string& words, const fs::path& folder) {
  const fs::path text = folder / "stdout.txt", errors = folder / "stderr.txt";
  const std::string command = std::string(THREADMILL_BIN_DIR) + "/threadmill compare " + words + " >'" +
                              text.string() + "' 2>'" + errors.string() + "'";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents_of(text), contents_of(errors)};
}

const std::string small_file = "'" + (data_folder / "small.jsonl").string() + "'";

TEST(CompareVerb, EndsWellWhateverItFinds) {
  const TemporaryFolder folder;
  const auto other = small_file_with(folder.path(), "6.1.0-example", "6.12.0").string();
  const Outcome outcome = compare(small_file + " " + other, folder.path());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.text, HasSubstr("kernel: 6.1.0-example | 6.12.0"));
  EXPECT_THAT(outcome.text, HasSubstr("light-100x10 / epoll"));
}

TEST(CompareVerb, ComparesSubjectsOfOneFileAsJson) {
  const TemporaryFolder folder;
  const Outcome outcome = compare(
      small_file +
          " --subjects fork,broker --scenario chat-50 --metric deliveries_per_s,pss_peak_bytes --json",
      folder.path());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  const json comparison = json::parse(outcome.text)["comparisons"].at(0);
  EXPECT_EQ(comparison["pairing"], "paired");
  EXPECT_EQ(comparison["changes"].size(), 2U);
  EXPECT_EQ(comparison["changes"][0]["outcome"], "too-few-samples");
}

TEST(CompareVerb, WarnsOfARunThatBrokeOff) {
  const TemporaryFolder folder;
  std::string text = contents_of(data_folder / "small.jsonl");
  text.resize(text.rfind("{"));  // the end record
  std::ofstream(folder.path() / "torn.jsonl") << text;
  const Outcome outcome = compare(small_file + " " + (folder.path() / "torn.jsonl").string(), folder.path());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.errors, HasSubstr("torn.jsonl"));
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
  const Outcome outcome = compare(small_file + " " + other.string(), folder.path());
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.text, "");
  EXPECT_THAT(outcome.errors, HasSubstr("small and other have nothing in common that could be compared:\n"));
  EXPECT_THAT(outcome.errors,
              HasSubstr("light-100x10: not the same experiment in both: seconds_of_rest is its "
                        "default and 3"));
  EXPECT_LE(lines_of(outcome.errors).size(), 6U);
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
      {small_file + " --subjects epoll", "--subjects epoll", "name two"},
      {small_file + " --subjects epoll,epoll", "--subjects", "given twice"},
      {small_file + " --subjects epoll,forkk", "unknown subject 'forkk'", "did you mean 'fork'?"},
      {small_file + " " + other + " --subjects epoll,fork", "--subjects", "one file"},
      {small_file + " " + other + " --scenario chat-05", "unknown scenario 'chat-05'", "chat-50"},
      {small_file + " " + other + " --metric cpu_us_per_reqest", "unknown metric", "cpu_us_per_request"},
  };
  for (const auto& [words, named, remedy] : cases) {
    const Outcome outcome = compare(words, folder.path());
    EXPECT_EQ(outcome.exit_code, 2) << words;
    EXPECT_THAT(outcome.errors, HasSubstr(named));
    EXPECT_THAT(outcome.errors, HasSubstr(remedy));
    EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
    EXPECT_EQ(outcome.text, "") << words;
  }
}

}  // namespace
}  // namespace threadmill::plots
