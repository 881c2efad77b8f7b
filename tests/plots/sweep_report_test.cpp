// A sweep in tables, report, CSV and chart.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "files.h"
#include "golden.h"
#include "plots/charts/chart_data.h"
#include "plots/charts/charts.h"
#include "plots/report/csv.h"
#include "plots/report/markdown.h"
#include "plots/report/terminal.h"
#include "plots/text/text.h"
#include "results/comparison/comparison.h"
#include "tests/results/sweep_records.h"

namespace threadmill::plots {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A capacity that was measured, one that the generator hid, and one below the lowest level.
results::Comparison three_answers() {
  return results::compare(
      {results::fake_sweep({{.subject = "bare-epoll", .highest_per_s = 1e7, .generator_per_s = 70'000},
                            {.subject = "epoll", .highest_per_s = 40'000, .disturbances = {1, 0.95, 1.04}},
                            {.subject = "fork", .highest_per_s = 900}},
                           3)});
}

TEST(SweepReport, TheTerminalTableIsTheCommittedOne) {
  expect_golden("sweep.txt", terminal_text(three_answers()));
}

TEST(SweepReport, TheMarkdownReportIsTheCommittedOne) {
  expect_golden("sweep.md", markdown_report(three_answers(), {}, ""));
}

TEST(SweepReport, TheCsvHasEachProbeWithWhetherItsLevelWasMet) {
  const auto comparison = three_answers();
  const std::string csv = csv_table(comparison);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), static_cast<long>(comparison.runs[0].trials + 1));
  EXPECT_THAT(csv, HasSubstr("echo@1000,epoll,1,"));
  EXPECT_THAT(csv, HasSubstr(",meets,"));
  EXPECT_THAT(csv, HasSubstr(",violates,"));
  EXPECT_THAT(csv, HasSubstr(",cannot say,"));
}

TEST(SweepReport, OneSearchHasNoConfidence) {
  const auto one =
      results::compare({results::fake_sweep({{.subject = "epoll", .highest_per_s = 40'000}}, 1)});
  EXPECT_THAT(terminal_text(one), Not(HasSubstr("(0 %)")));
}

TEST(SweepReport, NamesDisturbedProbes) {
  auto file = results::fake_sweep({{.subject = "epoll", .highest_per_s = 40'000}}, 2);
  for (auto& trial : file.trials) trial["machine"] = {{"others_cpu_percent", 1.0}};
  file.trials[1]["machine"]["others_cpu_percent"] = 84.9;
  const auto comparison = results::compare({file});
  const std::string sentence =
      fmt::format("Disturbed by what else the machine did: 1 of {} trials.", file.trials.size());
  const std::string report = markdown_report(comparison, {}, "");
  EXPECT_THAT(report, HasSubstr(sentence));
  EXPECT_THAT(report, Not(HasSubstr("No trial was disturbed.")));
  EXPECT_THAT(report, HasSubstr(fmt::format("- {}, epoll: repeat {}: others used 84.9 % of its CPUs.\n",
                                            file.trials[1]["scenario"].get<std::string>(),
                                            file.trials[1]["repeat"].get<int>() + 1)));
  EXPECT_THAT(terminal_text(comparison), HasSubstr(sentence));
}

TEST(SweepReport, TheTerminalTableFitsWhateverTheNames) {
  const std::string name = "\x1b[31m" + std::string(300, 'y');
  const auto text =
      terminal_text(results::compare({results::fake_sweep({{.subject = name, .highest_per_s = 40'000}}, 2)}));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(width(line), 110U) << line;
}

TEST(SweepChart, HasAMarkForEachProbeAndSaysWhatWasFound) {
  const auto sets = chart_data(three_answers());
  const auto& records = sets.at("latency_load");
  const auto of_kind = [&](const char* kind) {
    return std::count_if(records.begin(), records.end(), [&](const auto& r) { return r.at("kind") == kind; });
  };
  EXPECT_EQ(of_kind("limit"), 1);
  EXPECT_EQ(of_kind("capacity"), 3);
  EXPECT_EQ(of_kind("probe"), static_cast<long>(three_answers().runs[0].trials));

  const TemporaryFolder folder;
  const auto result = write_charts(three_answers(), folder.path());
  ASSERT_EQ(result.problem, "");
  ASSERT_EQ(result.charts.size(), 1U) << "charts of what there is none of are left out";
  EXPECT_EQ(result.charts[0].file, "charts/latency-load.svg");
  const std::string svg = contents_of(folder.path() / result.charts[0].file);
  EXPECT_THAT(svg, HasSubstr("p99&lt;5ms"));
  EXPECT_THAT(svg, HasSubstr("epoll: 38,"));
  EXPECT_THAT(svg, HasSubstr("fork: &lt; 1,000"));
  EXPECT_THAT(svg, HasSubstr("#0072B2"));
}

TEST(SweepChart, IsAbsentWhereThereIsNoSweep) {
  const TemporaryFolder folder;
  const auto small = results::compare({results::read_result_file(data_folder / "small.jsonl")});
  EXPECT_FALSE(chart_data(small).contains("latency_load"));
  for (const ChartLink& chart : write_charts(small, folder.path()).charts)
    EXPECT_THAT(chart.file, Not(HasSubstr("latency-load")));
}

}  // namespace
}  // namespace threadmill::plots
