// Histories: Markdown, CSV, JSON, LaTeX, terminal, chart, and `threadmill report DIR`.

#include "plots/history/history_report.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <nlohmann/json.hpp>

#include "files.h"
#include "golden.h"
#include "markdown_tables.h"
#include "plots/charts/charts.h"
#include "plots/history/history_csv.h"
#include "plots/history/history_data.h"
#include "plots/history/history_json.h"
#include "plots/history/history_markdown.h"
#include "plots/history/history_tex.h"
#include "plots/history/history_text.h"
#include "plots/report/report.h"
#include "plots/text/text.h"
#include "tests/results/history_files.h"
#include "tests/results/trial_records.h"
#include "tests/support/command.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using results::history_file;
using testing::Contains;
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

TEST(HistoryJson, IsTheCommittedOne) {
  expect_golden("history.json", history_json(slower_from_run_13(), one_skipped));
}

/// Two runs of a scenario and of a sweep of it.
results::History with_sweeps() {
  const auto sweep = [](int run, double highest_per_s) {
    return results::history_sweep(run,
                                  {{.subject = "epoll", .highest_per_s = highest_per_s},
                                   {.subject = "thread", .highest_per_s = 1e7, .generator_per_s = 70'000},
                                   {.subject = "fork", .highest_per_s = 900}});
  };
  return history_with({history_file(1, 1000), history_file(2, 1000), sweep(3, 40'000), sweep(4, 20'000)});
}

TEST(HistoryJson, OfSweepsIsTheCommittedOne) {
  expect_golden("history-sweep.json", history_json(with_sweeps(), {}));
}

TEST(HistoryMarkdown, OfSweepsHasCapacities) {
  const std::string text = history_markdown(with_sweeps(), {}, {}, "");
  EXPECT_THAT(text, HasSubstr("## echo: requests/s under p99&lt;5ms\n"));
  EXPECT_THAT(text, HasSubstr("| epoll | capacity | 2 |"));
  EXPECT_THAT(text, HasSubstr("| fork | capacity | 2 | ≤ 1,000 |"));
  EXPECT_THAT(text, HasSubstr("| thread | capacity | 2 | ≥ "));
  EXPECT_THAT(text, HasSubstr("## Echo\n")) << "the trials of the scenario are another matter";
}

TEST(HistoryTex, IsTheCommittedOne) { expect_golden("history.tex", history_tex(slower_from_run_13())); }

TEST(HistoryTex, WithoutChangesSaysSo) {
  EXPECT_THAT(history_tex(with_sweeps()), HasSubstr("% No change was found over 4 runs.\n"));
}

TEST(HistoryTex, NoNameLeavesItsCell) {
  auto files = twenty_runs();
  for (auto& file : files) {
    for (auto& trial : file.trials) trial["subject"] = "a & b\\input{c}%_";
    file.scenarios[0]["name"] = "echo";
    file.header["tool"]["git_commit"] = "}\\x";
  }
  const std::string text = history_tex(history_with(std::move(files)));
  EXPECT_THAT(text, HasSubstr("a \\& b\\textbackslash{}input"));
  EXPECT_THAT(text, Not(HasSubstr("\\input")));
  EXPECT_THAT(text, Not(HasSubstr("\\x")));
}

TEST(HistoryText, IsTheCommittedOne) { expect_golden("history.txt", history_text(slower_from_run_13())); }

TEST(HistoryText, ColoursWhatGotWorse) {
  const std::string text = history_text(slower_from_run_13(), {80, true});
  EXPECT_THAT(text, HasSubstr("\x1b[31m  Echo, epoll: requests/s fell by"));
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
  EXPECT_THAT(text, HasSubstr("| " + results::history_machine("CPU B") + " |"));
  EXPECT_THAT(text, HasSubstr("on 2 machines."));
}

/// Twenty runs; from the thirteenth on the generator was the limit or, where `all`, always.
results::History held_back_from_run_13(bool all) {
  auto files = twenty_runs();
  for (std::size_t i = all ? 0 : 12; i < files.size(); ++i)
    for (auto& trial : files[i].trials) results::hold_back(trial);
  return history_with(files);
}

TEST(HistoryMarkdown, CallsNothingWorseThatTheGeneratorCouldTurnAround) {
  const std::string some = history_markdown(held_back_from_run_13(false), {}, {}, "");
  EXPECT_THAT(some, HasSubstr("which the load generator could have made: it was the limit, with run 13"));
  EXPECT_THAT(some, HasSubstr("with run 13 (held back)"));
  const std::string all = history_markdown(held_back_from_run_13(true), {}, {}, "");
  EXPECT_THAT(all, HasSubstr("not sought: only bounds are known"));
  EXPECT_THAT(all, HasSubstr("| ≥ "));
  EXPECT_THAT(all, HasSubstr("| ≤ "));
  EXPECT_THAT(history_csv(held_back_from_run_13(true)), HasSubstr(",at-most,"));
}

TEST(HistoryMarkdown, ShowsHostileNamesAsText) {
  auto file = history_file(1, 1000, "<script>|`x`\n" + std::string(300, 'y'));
  file.header["tool"]["git_commit"] = "|<b>";
  file.header["environment"]["cpu_model"] = "<i>\n|";
  file.scenarios[0]["title"] = "<u>|";
  const std::string text = history_markdown(history_with({file}), {"<s>.jsonl"}, {}, "");
  for (const char* tag : {"<script", "<b>", "<i>", "<u>", "<s>"}) EXPECT_THAT(text, Not(HasSubstr(tag)));
  expect_whole_tables(text);
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

TEST(HistoryData, NamesWhatAReaderMayLeaveOut) {
  const auto records = history_data(slower_from_run_13()).at("history");
  ASSERT_FALSE(records.empty());
  for (const auto& record : records) {
    EXPECT_EQ(record.at("scenario"), "scenario-0");
    EXPECT_EQ(record.at("subject"), "epoll");
    EXPECT_EQ(record.at("machine"), results::history_machine("CPU A"));
    const std::string metric = record.at("metric");
    EXPECT_EQ(record.at("panel"), "Echo: " + metric);
    EXPECT_THAT(metric, Not(HasSubstr("_"))) << "people's words";
  }
}

TEST(HistoryFormats, AreThoseOfAReport) {
  const auto names_in = [](const std::vector<FormatName>& formats) {
    std::vector<std::string_view> names;
    for (const FormatName& format : formats) names.push_back(format.name);
    return names;
  };
  EXPECT_EQ(names_in(history_formats()), names_in(report_formats()));
}

TEST(HistoryFormats, EachLeavesItsFiles) {
  const TemporaryFolder folder;
  const Formats all{.json = true, .png = true, .tex = true};
  const auto report = write_history(slower_from_run_13(), {}, folder.path(), all);
  ASSERT_EQ(report.chart_problem, "");
  for (const char* file : {"history.md", "history.csv", "history.json", "index.html", "charts/history.svg",
                           "charts/history.png", "history.tex"}) {
    EXPECT_THAT(report.files, Contains(folder.path() / file));
    EXPECT_TRUE(fs::exists(folder.path() / file)) << file;
  }
}

// Needs Node.js and `npm ci --prefix plots`, as the report does.
TEST(HistoryChart, ShowsTheChange) {
  const TemporaryFolder folder;
  const auto report = write_history(slower_from_run_13(), {}, folder.path(), Formats{});
  ASSERT_EQ(report.chart_problem, "");
  const fs::path chart = folder.path() / "charts/history.svg";
  ASSERT_THAT(report.files, Contains(chart));
  const std::string svg = contents_of(chart);
  EXPECT_THAT(svg, HasSubstr("Echo: CPU-µs per request"));
  EXPECT_THAT(svg, HasSubstr("epoll +25"));
  EXPECT_THAT(svg, HasSubstr("#0072B2"));
  EXPECT_THAT(svg, HasSubstr("percent of the median of all runs"));
  EXPECT_THAT(contents_of(folder.path() / "history.md"), HasSubstr("](charts/history.svg)"));
}

/// `threadmill report` on a folder, with more words as a shell reads them.
Finished report_of_folder(const fs::path& folder, const std::string& more) {
  return threadmill_shell("report '" + folder.string() + "' " + more);
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
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("requests/s fell by"));
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
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("run-02.jsonl: has schema_version 2"));
  EXPECT_THAT(outcome.err, HasSubstr("torn.jsonl"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("notes.txt")));
  const std::string text = contents_of(folder.path() / "history/history.md");
  EXPECT_THAT(text, HasSubstr("history of 1 run\n"));
  EXPECT_THAT(text, HasSubstr("## Files that are not in it"));
}

TEST(ReportOfAFolder, ACopyOfAFileIsLeftOutAndTold) {
  const TemporaryFolder folder;
  write_result_file(folder.path(), history_file(1, 1000));
  fs::copy_file(folder.path() / "run-01.jsonl", folder.path() / "run-01-copy.jsonl");
  const auto outcome = report_of_folder(folder.path(), "--format md");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("run-01.jsonl: is a copy of run-01-copy.jsonl"));
  EXPECT_THAT(contents_of(folder.path() / "history/history.md"), HasSubstr("history of 1 run\n"));
}

TEST(ReportOfAFolder, WithoutAFileThatCanBeReadIsBadInput) {
  const TemporaryFolder folder;
  for (const bool with_torn_file : {false, true}) {
    if (with_torn_file) std::ofstream(folder.path() / "torn.jsonl") << "{\n";
    const auto outcome = report_of_folder(folder.path(), "");
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr(folder.path().string()));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
}

TEST(ReportOfAFolder, StandsAlone) {
  const TemporaryFolder folder;
  write_result_file(folder.path(), history_file(1, 1000));
  const auto beside = report_of_folder(folder.path(), (folder.path() / "run-01.jsonl").string() + " --out x");
  EXPECT_EQ(beside.exit_code, 2);
  EXPECT_THAT(beside.err, HasSubstr("give it alone"));
}

}  // namespace
}  // namespace threadmill::plots
