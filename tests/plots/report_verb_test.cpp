// `threadmill report` as a user calls it.

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "files.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct Outcome {
  int exit_code = 0;
  std::string errors;
};

/// Runs `threadmill report` with these words, given to a shell as they are.
Outcome report(const std::string& words, const fs::path& folder) {
  const fs::path errors = folder / "stderr.txt";
  const std::string command = std::string(THREADMILL_BIN_DIR) + "/threadmill report " + words +
                              " >/dev/null 2>'" + errors.string() + "'";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents_of(errors)};
}

const std::string small_file = "'" + (data_folder / "small.jsonl").string() + "'";

TEST(ReportVerb, WritesOnlyTheFormatsAskedFor) {
  const TemporaryFolder folder;
  EXPECT_EQ(report(small_file + " --format csv --out " + folder.path().string(), folder.path()).exit_code, 0);
  EXPECT_TRUE(fs::exists(folder.path() / "trials.csv"));
  EXPECT_FALSE(fs::exists(folder.path() / "report.md"));
  EXPECT_FALSE(fs::exists(folder.path() / "charts"));
}

TEST(ReportVerb, WritesBesideTheFileByDefault) {
  const TemporaryFolder folder;
  fs::copy_file(data_folder / "small.jsonl", folder.path() / "mine.jsonl");
  EXPECT_EQ(report("--format md " + (folder.path() / "mine.jsonl").string(), folder.path()).exit_code, 0);
  EXPECT_TRUE(fs::exists(folder.path() / "mine/report.md"));
}

TEST(ReportVerb, BadInputIsExitCode2AndOneLineThatNamesIt) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "notes.txt") << "shopping\n";
  const std::pair<std::string, std::string> cases[] = {
      {"missing.jsonl", "missing.jsonl"},
      {(folder.path() / "notes.txt").string(), "notes.txt"},
      {small_file + " --format pdf", "pdf"},
      {small_file + " " + (folder.path() / "notes.txt").string(), "--out"},
      {small_file + " " + small_file, "twice"},
      {"", "files"},
  };
  for (const auto& [words, named] : cases) {
    const Outcome outcome = report(words, folder.path());
    EXPECT_EQ(outcome.exit_code, 2) << words;
    EXPECT_THAT(outcome.errors, HasSubstr(named));
    EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
  }
}

TEST(ReportVerb, ChartsThatCannotBeMadeFailOnlyWhenAskedFor) {
  const TemporaryFolder folder, home;
  fs::create_directories(home.path() / "plots");
  std::ofstream(home.path() / "plots/render.mjs") << "";
  const ScopedVariable variable("THREADMILL_HOME", home.path().string());
  const std::string to = " --out " + folder.path().string();
  const Outcome by_default = report(small_file + to, folder.path());
  EXPECT_EQ(by_default.exit_code, 0);
  EXPECT_THAT(by_default.errors, HasSubstr("npm ci"));
  EXPECT_EQ(report(small_file + " --format md,svg" + to, folder.path()).exit_code, 1);
  EXPECT_TRUE(fs::exists(folder.path() / "report.md"));
}

TEST(ReportVerb, WritesJsonAndLatexWhereAskedFor) {
  const TemporaryFolder folder;
  const std::string to = " --out " + folder.path().string();
  EXPECT_EQ(report(small_file + " --format json,tex" + to, folder.path()).exit_code, 0);
  EXPECT_EQ(contents_of(folder.path() / "report.json"), contents_of(data_folder / "small.json"));
  EXPECT_EQ(contents_of(folder.path() / "report.tex"), contents_of(data_folder / "small.tex"));
  EXPECT_FALSE(fs::exists(folder.path() / "report.md"));
}

constexpr std::string_view png_signature = "\x89PNG\r\n\x1a\n";

// Needs Node.js, `npm ci --prefix plots` and librsvg2-bin, as the report does.
TEST(ReportVerb, WritesPngWithoutTheSvgThatItIsDrawnFrom) {
  const TemporaryFolder folder;
  const auto outcome = report(small_file + " --format md,png --out " + folder.path().string(), folder.path());
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(contents_of(folder.path() / "charts/throughput.png").substr(0, png_signature.size()),
            png_signature);
  EXPECT_FALSE(fs::exists(folder.path() / "charts/throughput.svg"));
  EXPECT_THAT(contents_of(folder.path() / "report.md"), HasSubstr("](charts/throughput.png)"));
}

/// A program of PATH.
fs::path program_in_path(const std::string& name) {
  std::istringstream folders(std::getenv("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (fs::exists(fs::path(folder) / name)) return fs::path(folder) / name;
  }
  throw std::runtime_error(name + " is not in PATH");
}

TEST(ReportVerb, WithoutRsvgConvertItNamesThePackageAndDrawsTheSvg) {
  const TemporaryFolder folder, programs;
  fs::create_symlink(program_in_path("node"), programs.path() / "node");
  const ScopedVariable path("PATH", programs.path().string());
  const auto outcome =
      report(small_file + " --format svg,png --out " + folder.path().string(), folder.path());
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("install the package librsvg2-bin"));
  EXPECT_TRUE(fs::exists(folder.path() / "charts/throughput.svg"));
}

}  // namespace
}  // namespace threadmill::plots
