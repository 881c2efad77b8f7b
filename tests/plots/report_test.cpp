#include "plots/report/report.h"

#include <gmock/gmock.h>

#include <functional>

#include "files.h"
#include "golden.h"
#include "markdown_tables.h"
#include "plots/report/csv.h"
#include "plots/report/markdown.h"
#include "plots/report/terminal.h"
#include "plots/text/text.h"
#include "plots/words/words.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

results::Comparison compare_files(const std::vector<fs::path>& paths) {
  std::vector<results::ResultFile> files;
  for (const auto& path : paths) files.push_back(results::read_result_file(path));
  return results::compare(files);
}

results::Comparison small() { return compare_files({data_folder / "small.jsonl"}); }

TEST(MarkdownReport, IsTheCommittedOne) {
  const std::vector<ChartLink> charts{{"charts/throughput.svg", "Throughput: longer is better"}};
  expect_golden("small.md", markdown_report(small(), charts, ""));
}

TEST(TerminalTable, IsTheCommittedOne) { expect_golden("small.txt", terminal_text(small())); }

TEST(CsvTable, IsTheCommittedOne) { expect_golden("small.csv", csv_table(small())); }

TEST(CsvTable, HasAsManyFieldsInEachLineAsInItsHeader) {
  for (const std::string& line : lines_of(csv_table(small()))) {
    if (line.find('"') == std::string::npos) {
      EXPECT_EQ(std::count(line.begin(), line.end(), ','), 14 + results::metrics().size()) << line;
    }
  }
}

const std::string hostile = "<script>alert(1)</script>|`x`\n=A1\x1b[31m" + std::string(300, 'y');

TEST(TerminalTable, FitsAndCarriesNoEscapeSequenceWhateverTheNames) {
  const TemporaryFolder folder;
  const auto file = small_file_with(folder.path(), "broker", hostile);
  const std::string text = terminal_text(compare_files({file, data_folder / "small.jsonl"}));
  for (const std::string& line : lines_of(text)) EXPECT_LE(width(line), 110U) << line;
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("<script>"));
}

TEST(MarkdownReport, ShowsHostileNamesAsText) {
  const TemporaryFolder folder;
  const auto file = small_file_with(folder.path(), "broker", hostile);
  const std::string text = markdown_report(compare_files({file}), {}, "");
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;"));
  expect_whole_tables(text);
}

TEST(MarkdownReport, ACommandCannotLeaveItsBlock) {
  const TemporaryFolder folder;
  const auto file = small_file_with(folder.path(), "quick", "x\n```\n# not a heading");
  const std::string text = markdown_report(compare_files({file}), {}, "");
  EXPECT_THAT(text, HasSubstr("````sh\n./threadmill run 'x\n```\n# not a heading' --seed 1\n````\n"));
}

TEST(MarkdownReport, TheCommandToRepeatARunLeavesTheOldFileAlone) {
  const TemporaryFolder folder;
  for (const std::string out : {"--out=/home/me/x.jsonl", "--out"}) {
    const auto file = small_file_with(folder.path(), "quick", out);
    EXPECT_THAT(markdown_report(compare_files({file}), {}, ""), HasSubstr("\n./threadmill run --seed 1\n"));
  }
}

TEST(MarkdownReport, TheCommandToRepeatARunMakesAReport) {
  const TemporaryFolder folder;
  const auto file = small_file_with(folder.path(), "quick", "--no-report");
  EXPECT_THAT(markdown_report(compare_files({file}), {}, ""), HasSubstr("\n./threadmill run --seed 1\n"));
}

TEST(MarkdownReport, SharedCpusAreToldAtTheTop) {
  const TemporaryFolder folder;
  std::string text = contents_of(data_folder / "small.jsonl");
  const std::string pinned = "\"generator_cpus\":[1]";
  ASSERT_NE(text.find(pinned), std::string::npos);
  text.replace(text.find(pinned), pinned.size(), "\"generator_cpus\":[0,1]");
  const auto path = folder.path() / "shared.jsonl";
  std::ofstream(path) << text;
  const std::string report = markdown_report(compare_files({path}), {}, "");
  const std::size_t warning =
      report.find("Warning: shared.jsonl: server and load generator shared their CPUs");
  EXPECT_LT(warning, report.find("## In short"));
  EXPECT_THAT(report, HasSubstr("| unknown |"));
  EXPECT_THAT(report, Not(HasSubstr("| generator-bound |")));
  EXPECT_THAT(report, HasSubstr("**unknown**. bare-epoll: server and generator ran on the same CPUs"));
}

TEST(MarkdownReport, TheIntervalOfTheMedianIsShownWhereItIsNarrowerThanTheRange) {
  const auto report_of_trials = [](int count) {
    auto comparison = small();
    std::vector<double> values;
    for (int i = 1; i <= count; ++i) values.push_back(1000 * i);
    auto& scenario = comparison.scenarios.at(0);
    for (auto& row : scenario.rows) row.spreads[scenario.main_metric] = results::spread(values);
    return markdown_report(comparison, {}, "");
  };
  EXPECT_THAT(report_of_trials(8), Not(HasSubstr("interval of the median")));
  EXPECT_THAT(report_of_trials(9), HasSubstr("interval of the median"));
  EXPECT_THAT(report_of_trials(9), HasSubstr("2,000 to 8,000 (96.1 %)"));
}

/// The small result file, every trial of which `change` has changed.
results::Comparison small_after(const std::function<void(json&)>& change) {
  auto file = results::read_result_file(data_folder / "small.jsonl");
  for (json& trial : file.trials) change(trial);
  return results::compare({file});
}

TEST(MarkdownReport, GivesTheReasonOfEachVerdictTheWorstFirst) {
  const std::string report = markdown_report(small_after([](json& trial) {
                                               if (trial["subject"] == "epoll") trial["load"].erase("self");
                                             }),
                                             {}, "");
  const std::size_t invalid = report.find("- **invalid**: to be compared with nothing. fork: 1 of 3 trials");
  const std::size_t generator = report.find(
      "- **generator-bound**: the server can do at least the rate that is shown. bare-epoll: the generator's "
      "busiest "
      "thread");
  const std::size_t unknown = report.find("- **unknown**. epoll: none of 3 valid trials tells");
  EXPECT_LT(invalid, generator);
  EXPECT_LT(generator, unknown);
  EXPECT_NE(unknown, std::string::npos);
  EXPECT_THAT(report, HasSubstr("Left out, because invalid: fork."));
}

TEST(MarkdownReport, AScenarioAtASetRateHasTrialsAndNoWinner) {
  auto file = results::read_result_file(data_folder / "small.jsonl");
  file.scenarios[0]["load"]["arrivals"] = {{"process", "poisson"}, {"rate_per_s", 1000}};
  const std::string report = markdown_report(results::compare({file}), {}, "");
  EXPECT_THAT(report, HasSubstr("the rate is set, so nobody wins by it"));
  EXPECT_THAT(report, Not(HasSubstr("no trials")));
}

TEST(MarkdownReport, NamesTrialsFarFromTheOthersAndDrifts) {
  auto comparison = small();
  auto& row = comparison.scenarios[0].rows[2];
  row.stability = {results::Metric::requests_per_s, {{2, -0.12}, {4, 0.3}}, results::Trend{-0.08, 0.017}};
  const std::string report = markdown_report(comparison, {}, "");
  EXPECT_THAT(report,
              HasSubstr("- epoll: far from the other trials by requests/s: repeat 3 (12.0 % below the "
                        "median), repeat 5 (30.0 % above the median); it counts.\n"));
  EXPECT_THAT(report, HasSubstr("- epoll: drifts: requests/s fell by 8.00 % from its first trial to its last "
                                "(p = 0.017).\n"));
}

TEST(MarkdownReport, NobodyWinsAgainstARivalThatTheGeneratorHeldBack) {
  auto comparison = small();
  auto& scenario = comparison.scenarios[0];
  results::Verdict verdict;
  verdict.kind = results::Verdict::Kind::held_back;
  verdict.leader = "epoll";
  verdict.held_back = {"thread"};
  EXPECT_THAT(verdict_sentence(scenario, verdict),
              testing::StartsWith("cannot be told: the load generator held thread back"));
  verdict.kind = results::Verdict::Kind::too_close;
  verdict.not_beaten = {"fork"};
  EXPECT_THAT(verdict_sentence(scenario, verdict),
              testing::EndsWith("not clearly faster than fork; the load generator held thread back"));
}

TEST(MarkdownReport, BoundsLatenciesAndRatiosThatTheGeneratorLimited) {
  auto comparison = small();
  const std::string report = markdown_report(comparison, {}, "");
  EXPECT_THAT(report,
              testing::ContainsRegex("\\| epoll \\| \\*\\*≥ [0-9,]+\\*\\* \\| [^|]+ \\| \\? 0[.0-9]+ \\("))
      << "the ceiling was held back too";
  EXPECT_THAT(report, HasSubstr("| ≤ ")) << "latencies of a closed loop";
  EXPECT_THAT(terminal_text(comparison, {160, false}), HasSubstr("? 0."));
  auto& verdict = comparison.scenarios[1].verdicts.at(0);
  verdict.ranking.at(1).hidden = results::Hidden::less;
  EXPECT_THAT(ranking_sentence(verdict), HasSubstr(", fork ≤ 0."));
  verdict.ratio_hidden = results::Hidden::more;
  EXPECT_THAT(verdict_sentence(comparison.scenarios[1], verdict), HasSubstr(": at least "));
}

TEST(MarkdownReport, SaysWhatWroteAFileOfBlocksAndThatItsInstrumentWasOff) {
  auto comparison = small();
  comparison.runs[0].kind = "ab";
  comparison.runs[0].blocks = 1;
  comparison.runs[0].instrument_problem = "its p50 was +90 us off a true 500 us";
  const std::string report = markdown_report(comparison, {}, "");
  EXPECT_THAT(report, HasSubstr(" by `threadmill ab`, 15 trials, 1 block, seed"));
  EXPECT_THAT(report, HasSubstr("**Do not trust the latencies of small.jsonl"));
  EXPECT_THAT(terminal_text(comparison), HasSubstr("Do not trust the latencies of small.jsonl"));
}

TEST(MarkdownReport, SaysHowQuietTheMachineWas) {
  auto comparison = small_after([](json& trial) {
    trial["machine"] = {{"steal_percent", trial["repeat"] == 1 && trial["subject"] == "epoll" ? 1.5 : 0.5},
                        {"psi_cpu_percent", nullptr}};
  });
  EXPECT_THAT(markdown_report(comparison, {}, ""), HasSubstr("\n\nNo trial was disturbed.\n"));
  comparison.scenarios[0].rows[2].trials[1].disturbances = {"7.5 % stolen", "others used 12 % of its CPUs"};
  comparison.runs[0].disturbed_trials = 1;
  const std::string report = markdown_report(comparison, {}, "");
  EXPECT_THAT(report, HasSubstr("## How quiet the machine was"));
  EXPECT_THAT(report, HasSubstr("| 0.50 % | 1.50 % | light-100x10, epoll, repeat 2 |"));
  EXPECT_THAT(report,
              HasSubstr("Disturbed: 1 of 15 trials. They count.\n\n- light-100x10, epoll: repeat 2: 7.5 % "
                        "stolen, others used 12 % of its CPUs.\n"));
  EXPECT_THAT(report, HasSubstr("Disturbed by what else the machine did: 1 of 15 trials."));
  EXPECT_THAT(terminal_text(comparison),
              HasSubstr("Disturbed by what else the machine did: 1 of 15 trials."));
  EXPECT_THAT(csv_table(comparison), HasSubstr(",7.5 % stolen; others used 12 % of its CPUs,"));
  EXPECT_THAT(markdown_report(small(), {}, ""), Not(HasSubstr("How quiet"))) << "an old file does not tell";
}

TEST(MarkdownReport, ManyDisturbedRowsAreCountedAndNotListed) {
  auto comparison = small();
  comparison.runs[0].quietness = {{"stolen", "of the CPUs", *results::spread({1}), "x"}};
  auto& scenario = comparison.scenarios[0];
  scenario.rows.resize(30, scenario.rows[0]);
  for (auto& row : scenario.rows) row.trials[0].disturbances = {"9 % stolen"};
  const std::string report = markdown_report(comparison, {}, "");
  EXPECT_THAT(report, HasSubstr("- and 10 more lines: see the column `disturbances` of trials.csv.\n"));
}

TEST(MarkdownReport, ShowsWhatTheGeneratorTellsOfItself) {
  const std::string report =
      markdown_report(small_after([](json& trial) {
                        auto& load = trial["load"];
                        if (!load.is_object()) return;
                        load["self"]["littles_law_residual"] = 0.25;
                        load["self"]["starved"] = 0.5;
                        load["warmup"] = {{"steady", false}, {"took_ns", 3'000'000'000}};
                        load["bystanders"]["slow_readers"]["dropped_by_server"] = 7;
                      }),
                      {}, "");
  EXPECT_THAT(report, HasSubstr("| Server | Little's-law residual | established | starved |"));
  EXPECT_THAT(report, HasSubstr("| epoll | 25.0 % | 100 % | 50.0 % | 7 | at the cap (3.00 s) | all kept |"));
}

TEST(MarkdownReport, NamesTheContractsThatWereBrokenAndInHowManyTrials) {
  const std::string report = markdown_report(small_after([](json& trial) {
                                               if (trial["repeat"] == 0 && trial["load"].is_object())
                                                 trial["load"]["integrity"]["lost"] = 3;
                                             }),
                                             {}, "");
  EXPECT_THAT(report, HasSubstr("| broken: at least once in 1 of 3, exactly once in 1 of 3 |"));
}

TEST(MarkdownReport, WhereTheReportTellsNothingOfTheGeneratorThereIsNoTableOfIt) {
  auto comparison = small();
  for (auto& scenario : comparison.scenarios) {
    for (auto& row : scenario.rows) {
      row.spreads = {};
      row.contracts = {};
    }
  }
  EXPECT_THAT(markdown_report(comparison, {}, ""), Not(HasSubstr("What the generator tells of itself")));
}

TEST(MarkdownReport, OfPacedChatShowsDeliveryFromTheScheduleAndBothLatenciesOfReplies) {
  auto comparison = small();
  auto& chat = comparison.scenarios.at(1);
  chat.paced = true;
  chat.main_latency = results::Latency::delivery_response;
  const auto index = [](results::Latency latency) { return static_cast<std::size_t>(latency); };
  for (auto& row : chat.rows) {
    row.latencies[index(results::Latency::delivery_response)] = results::Percentiles{1e6, 2e6, 3e6, 1};
    row.latencies[index(results::Latency::response)] = results::Percentiles{4e6, 5e6, 6e6, 1};
    row.latencies[index(results::Latency::service)] = results::Percentiles{7e6, 8e6, 9e6, 1};
  }
  const std::string report = markdown_report(comparison, {}, "");
  EXPECT_THAT(report, HasSubstr("| delivery from schedule p50 |"));
  EXPECT_THAT(report, HasSubstr("| reply response p50 |"));
  EXPECT_THAT(report, HasSubstr("| reply service p50 |"));
  EXPECT_THAT(report, HasSubstr("| 1.00 ms | 2.00 ms | 3.00 ms | 4.00 ms | 5.00 ms | 7.00 ms | 8.00 ms |"));
}

TEST(CsvTable, DisarmsHostileNames) {
  const TemporaryFolder folder;
  const auto file = small_file_with(folder.path(), "broker", "=HYPERLINK(\"http://e\",\"x\")\nnext");
  const std::string text = csv_table(compare_files({file}));
  EXPECT_THAT(text, HasSubstr(",\"'=HYPERLINK(\"\"http://e\"\",\"\"x\"\") next\","));
  EXPECT_EQ(lines_of(text).size(), lines_of(csv_table(small())).size());
}

TEST(MarkdownReport, PutsEachServerBesideTheFirst) {
  const std::string report = markdown_report(small(), {}, "");
  EXPECT_THAT(report, HasSubstr("### Against broker\n"));
  EXPECT_THAT(report, HasSubstr("| Server | deliveries/s | CPU-µs/delivery | p99 of delivery | repeats |"));
  EXPECT_THAT(report, HasSubstr("| fork | 0.152× (0.150 to 0.153), behind in all | "));
  EXPECT_THAT(report, HasSubstr("- `Against`: "));
  EXPECT_THAT(report, Not(HasSubstr("### Against epoll"))) << "the only valid cell but the ceiling";
}

TEST(MarkdownReport, SaysThatARunIsNotComplete) {
  const TemporaryFolder folder;
  std::string text = contents_of(data_folder / "small.jsonl");
  const auto path = folder.path() / "cut.jsonl";
  std::ofstream(path) << text.substr(0, text.size() / 2);
  const std::string report = markdown_report(compare_files({path}), {}, "");
  EXPECT_THAT(report, HasSubstr("**not complete**"));
  EXPECT_THAT(report, HasSubstr("Warning: "));
}

TEST(RankingSentence, MarksWhoIsTooCloseToCallAndKeepsTheOrder) {
  results::Verdict verdict;
  verdict.kind = results::Verdict::Kind::too_close;
  verdict.leader = "epoll";
  verdict.ranking = {{"fork", 1.01}, {"epoll", 1}, {"thread", 0.5}};
  verdict.not_beaten = {"fork"};
  EXPECT_EQ(ranking_sentence(verdict),
            "Repeat by repeat, as shares of epoll: fork ≈ 1.01, epoll 1.00, thread 0.50.");
}

TEST(WriteReport, PutsSeveralRunsSideBySide) {
  const TemporaryFolder folder;
  const auto other = folder.path() / "other.jsonl";
  fs::copy_file(data_folder / "small.jsonl", other);
  const Report report = write_report_files({data_folder / "small.jsonl", other}, folder.path() / "deep/out",
                                           {.html = false, .svg = false});
  ASSERT_EQ(report.files.size(), 2U);
  EXPECT_TRUE(report.page.empty()) << "nobody asked for it";
  const std::string text = contents_of(report.text);
  EXPECT_THAT(text, HasSubstr("fork @ small"));
  EXPECT_THAT(text, HasSubstr("fork @ other"));
  EXPECT_THAT(text, HasSubstr("## Run other against run small"));
}

TEST(WriteReport, SaysWhichFileCannotBeRead) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_report_files({folder.path() / "missing.jsonl"}, folder.path(), {}),
               results::ResultError);
}

}  // namespace
}  // namespace threadmill::plots
