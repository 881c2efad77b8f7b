// Histories: Markdown, CSV, terminal, chart, and `threadmill report DIR`.

#include "plots/history/history_report.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <nlohmann/json.hpp>

#include "files.h"
#include "golden.h"
#include "plots/charts/charts.h"
#include "plots/history/history_csv.h"
#include "plots/history/history_data.h"
#include "plots/history/history_markdown.h"
#include "plots/history/history_text.h"
#include "plots/text/text.h"
#include "tests/results/history_files.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using results::history_file;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

/// Twenty runs; from the thirteenth on the server answers a fifth less.
std::vector<results::ResultFile> twenty_runs() {
  std::vector<results::ResultFile> files;
  for (int run = 1; run <= 20; ++run) files.push_back(history_file(run, run <= 12 ? 100'000 : 80'000));
  return files;
}

results::History history_with(std::vector<results::ResultFile> files) {
  results::HistoryBuilder builder;
  for (auto& file : files) builder.add(std::move(file));
  return builder.build();
}

results::History slower_from_run_13() { return history_with(twenty_runs()); }

const std::vector<std::string> one_skipped{"new.jsonl: has schema_version 2, this program reads up to 1"};

TEST(HistoryMarkdown, IsTheCommittedOne) {
  expect_golden("history.md", history_markdown(slower_from_run_13(), one_skipped,
                                               {{"charts/history.svg", "History: from run to run"}}, ""));
}

TEST(HistoryCsv, IsTheCommittedOne) { expect_golden("history.csv", history_csv(slower_from_run_13())); }

TEST(HistoryText, IsTheCommittedOne) { expect_golden("history.txt", history_text(slower_from_run_13())); }

TEST(HistoryText, ColoursWhatGotWorse) {
  const std::string text = history_text(slower_from_run_13(), {80, true});
  EXPECT_THAT(text, HasSubstr("\x1b[31m  Echo, epoll: requests_per_s fell by"));
  for (const std::string& line : lines_of(history_text(slower_from_run_13(), {80, false})))
    EXPECT_LE(width(line), 80U) << line;
}

TEST(HistoryMarkdown, OfOneRunSaysHowManyItTakes) {
  const std::string text = history_markdown(history_with({history_file(1, 1000)}), {}, {}, "");
  EXPECT_THAT(text, HasSubstr("# Threadmill: history of 1 run\n"));
  EXPECT_THAT(text, HasSubstr("No change was found."));
  EXPECT_THAT(text, HasSubstr("it takes 8 at least"));
  EXPECT_THAT(text, Not(HasSubstr("Files that are not in it")));
}

TEST(HistoryMarkdown, TellsLoadsAndMachinesApart) {
  auto other_load = history_file(2, 1000), other_machine = history_file(3, 1000);
  other_load.scenarios[0]["load"]["connections"] = 20;
  other_machine.header["environment"]["cpu_model"] = "CPU B";
  const std::string text =
      history_markdown(history_with({history_file(1, 1000), other_load, other_machine}), {}, {}, "");
  EXPECT_THAT(text, HasSubstr("## Echo (load 1)"));
  EXPECT_THAT(text, HasSubstr("## Echo (load 2)"));
  EXPECT_THAT(text, HasSubstr("| CPU B, kernel 6.1 |"));
  EXPECT_THAT(text, HasSubstr("on 2 machines."));
}

TEST(HistoryMarkdown, ShowsHostileNamesAsText) {
  auto file = history_file(1, 1000, "<script>|`x`\n" + std::string(300, 'y'));
  file.header["tool"]["git_commit"] = "|<b>";
  file.header["environment"]["cpu_model"] = "<i>\n|";
  file.scenarios[0]["title"] = "<u>|";
  const std::string text = history_markdown(history_with({file}), {"<s>.jsonl"}, {}, "");
  for (const char* tag : {"<script", "<b>", "<i>", "<u>", "<s>"}) EXPECT_THAT(text, Not(HasSubstr(tag)));
  std::size_t cells = 0;
  for (const std::string& line : lines_of(text)) {
    const auto now = static_cast<std::size_t>(std::count(line.begin(), line.end(), '|'));
    const bool in_table = line.rfind('|', 0) == 0;
    if (in_table && cells > 0) {
      EXPECT_EQ(now, cells) << line;
    }
    cells = in_table ? now : 0;
  }
}

TEST(HistoryData, HasRunsChangesAndTheLastFigures) {
  const auto sets = history_data(slower_from_run_13());
  const auto& records = sets.at("history");
  const auto of_kind = [&](const std::string& kind) {
    std::vector<nlohmann::json> found;
    std::copy_if(records.begin(), records.end(), std::back_inserter(found),
                 [&](const auto& record) { return record.at("kind") == kind; });
    return found;
  };
  EXPECT_THAT(of_kind("run"), SizeIs(4 * 20)) << "CPU time, requests/s, p50 and p99";
  EXPECT_THAT(of_kind("label"), SizeIs(4));
  const auto changes = of_kind("change");
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].at("run"), 12.5);
  EXPECT_EQ(changes[0].at("right"), true);
  EXPECT_THAT(changes[0].at("text").get<std::string>(), HasSubstr("epoll +25"));
}

// Needs Node.js and `npm ci --prefix plots`, as the report does.
TEST(HistoryChart, ShowsTheChange) {
  const TemporaryFolder folder;
  const auto report = write_history(slower_from_run_13(), {}, folder.path(), Formats{});
  ASSERT_EQ(report.chart_problem, "");
  ASSERT_THAT(report.files, SizeIs(3));
  EXPECT_EQ(report.files[2], folder.path() / "charts/history.svg");
  const std::string svg = contents_of(report.files[2]);
  EXPECT_THAT(svg, HasSubstr("epoll +25"));
  EXPECT_THAT(svg, HasSubstr("#0072B2"));
  EXPECT_THAT(svg, HasSubstr("percent of the median of all runs"));
  EXPECT_THAT(contents_of(folder.path() / "history.md"), HasSubstr("](charts/history.svg)"));
}

struct VerbOutcome {
  int exit_code = 0;
  std::string out;
  std::string errors;
};

/// Runs `threadmill report` on a folder with more words.
VerbOutcome report_of_folder(const fs::path& folder, const std::string& more) {
  const TemporaryFolder scratch;
  const std::string out = (scratch.path() / "out").string(), errors = (scratch.path() / "err").string();
  const std::string command = std::string(THREADMILL_BIN_DIR) + "/threadmill report '" + folder.string() +
                              "' " + more + " >'" + out + "' 2>'" + errors + "'";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents_of(out), contents_of(errors)};
}

void write_result_file(const fs::path& folder, const results::ResultFile& file) {
  std::ofstream out(folder / file.path);
  out << file.header.dump() << '\n';
  for (const auto& record : file.scenarios) out << record.dump() << '\n';
  for (const auto& record : file.trials) out << record.dump() << '\n';
  out << R"({"record":"end","outcome":"complete"})" << '\n';
}

TEST(ReportOfAFolder, IsTheHistoryOfItsFiles) {
  const TemporaryFolder folder;
  for (const auto& file : twenty_runs()) write_result_file(folder.path(), file);
  const auto outcome = report_of_folder(folder.path(), "--format md,csv");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.out, HasSubstr("requests_per_s fell by"));
  EXPECT_THAT(outcome.out, HasSubstr((folder.path() / "history/history.md").string() + "\n"));
  EXPECT_THAT(contents_of(folder.path() / "history/history.md"), HasSubstr("with run 13"));
  EXPECT_EQ(lines_of(contents_of(folder.path() / "history/history.csv")).size(), 1 + 4 * 20U);
  EXPECT_FALSE(fs::exists(folder.path() / "history/charts"));
}

TEST(ReportOfAFolder, WarnsOfFilesThatCannotBeReadAndLeavesThemOut) {
  const TemporaryFolder folder;
  write_result_file(folder.path(), history_file(1, 1000));
  auto newer = history_file(2, 1000);
  newer.header["schema_version"] = 2;
  write_result_file(folder.path(), newer);
  std::ofstream(folder.path() / "torn.jsonl") << "{\n";
  std::ofstream(folder.path() / "notes.txt") << "no result file\n";
  const auto outcome = report_of_folder(folder.path(), "--format md");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, HasSubstr("run-02.jsonl: has schema_version 2"));
  EXPECT_THAT(outcome.errors, HasSubstr("torn.jsonl"));
  EXPECT_THAT(outcome.errors, Not(HasSubstr("notes.txt")));
  const std::string text = contents_of(folder.path() / "history/history.md");
  EXPECT_THAT(text, HasSubstr("history of 1 run\n"));
  EXPECT_THAT(text, HasSubstr("## Files that are not in it"));
}

TEST(ReportOfAFolder, WithoutAFileThatCanBeReadIsBadInput) {
  const TemporaryFolder folder;
  for (const bool with_torn_file : {false, true}) {
    if (with_torn_file) std::ofstream(folder.path() / "torn.jsonl") << "{\n";
    const auto outcome = report_of_folder(folder.path(), "");
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.errors, HasSubstr(folder.path().string()));
    EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
  }
}

TEST(ReportOfAFolder, StandsAloneAndHasFormatsOfItsOwn) {
  const TemporaryFolder folder;
  write_result_file(folder.path(), history_file(1, 1000));
  const auto beside = report_of_folder(folder.path(), (folder.path() / "run-01.jsonl").string() + " --out x");
  EXPECT_EQ(beside.exit_code, 2);
  EXPECT_THAT(beside.errors, HasSubstr("give it alone"));
  const auto refused = report_of_folder(folder.path(), "--format json");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("--format json: a history has none; choose from md, csv, svg, png"));
}

}  // namespace
}  // namespace threadmill::plots
