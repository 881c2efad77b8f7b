// `threadmill report` as a user calls it.

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "files.h"
#include "tests/support/command.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// With these words, given to a shell as they are.
Finished report(const std::string& words) { return threadmill_shell("report " + words); }

const std::string small_file = "'" + (data_folder / "small.jsonl").string() + "'";

TEST(ReportVerb, WritesOnlyTheFormatsAskedFor) {
  const TemporaryFolder folder;
  EXPECT_EQ(report(small_file + " --format csv --out " + folder.path().string()).exit_code, 0);
  EXPECT_TRUE(fs::exists(folder.path() / "trials.csv"));
  EXPECT_FALSE(fs::exists(folder.path() / "report.md"));
  EXPECT_FALSE(fs::exists(folder.path() / "charts"));
}

TEST(ReportVerb, WritesBesideTheFileByDefault) {
  const TemporaryFolder folder;
  fs::copy_file(data_folder / "small.jsonl", folder.path() / "mine.jsonl");
  EXPECT_EQ(report("--format md " + (folder.path() / "mine.jsonl").string()).exit_code, 0);
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
    const auto outcome = report(words);
    EXPECT_EQ(outcome.exit_code, 2) << words;
    EXPECT_THAT(outcome.err, HasSubstr(named));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
}

TEST(ReportVerb, AFilesNameNeedNotBeUtf8) {
  const TemporaryFolder folder;
  const std::string latin1 = (folder.path() / "caf\xe9.jsonl").string();
  fs::copy_file(data_folder / "small.jsonl", latin1);
  const auto outcome =
      report("'" + latin1 + "' " + small_file + " --format html,svg --out " + folder.path().string());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(contents_of(folder.path() / "index.html"), HasSubstr("caf\uFFFD"));
}

TEST(ReportVerb, ChartsThatCannotBeMadeFailOnlyWhenAskedFor) {
  const TemporaryFolder folder, home;
  fs::create_directories(home.path() / "plots");
  std::ofstream(home.path() / "plots/render.mjs") << "";
  const ScopedVariable variable("THREADMILL_HOME", home.path().string());
  const std::string to = " --out " + folder.path().string();
  const auto by_default = report(small_file + to);
  EXPECT_EQ(by_default.exit_code, 0);
  EXPECT_THAT(by_default.err, HasSubstr("npm ci"));
  EXPECT_EQ(report(small_file + " --format md,svg" + to).exit_code, 1);
  EXPECT_TRUE(fs::exists(folder.path() / "report.md"));
}

TEST(ReportVerb, WritesJsonAndLatexWhereAskedFor) {
  const TemporaryFolder folder;
  const std::string to = " --out " + folder.path().string();
  EXPECT_EQ(report(small_file + " --format json,tex" + to).exit_code, 0);
  EXPECT_EQ(contents_of(folder.path() / "report.json"), contents_of(data_folder / "small.json"));
  EXPECT_EQ(contents_of(folder.path() / "report.tex"), contents_of(data_folder / "small.tex"));
  EXPECT_FALSE(fs::exists(folder.path() / "report.md"));
}

constexpr std::string_view png_signature = "\x89PNG\r\n\x1a\n";

// Needs Node.js, `npm ci --prefix plots` and librsvg2-bin, as the report does.
TEST(ReportVerb, WritesPngWithoutTheSvgThatItIsDrawnFrom) {
  const TemporaryFolder folder;
  const auto outcome = report(small_file + " --format md,png --out " + folder.path().string());
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
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
  const auto outcome = report(small_file + " --format svg,png --out " + folder.path().string());
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("install the package librsvg2-bin"));
  EXPECT_TRUE(fs::exists(folder.path() / "charts/throughput.svg"));
}

}  // namespace
}  // namespace threadmill::plots
