#include "plots/charts.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "files.h"
#include "plots/chart_data.h"
#include "plots/report.h"
#include "results/cell.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

results::Comparison comparison_of(const fs::path& path) {
  return results::compare({results::read_result_file(path)});
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

TEST(ChartData, GivesASubjectOneColourEverywhereAndTheCeilingGrey) {
  const auto sets = chart_data(comparison_of(data_folder / "small.jsonl"));
  ASSERT_GE(sets.size(), 3U);
  for (const char* set : {"throughput", "latency", "cpu"}) ASSERT_TRUE(sets.contains(set)) << set;
  for (const auto& [set, records] : sets.items()) {
    EXPECT_FALSE(records.empty()) << set;
    for (const auto& record : records) {
      const std::string subject = record.at("subject");
      if (subject == "fork") {
        EXPECT_EQ(record.at("color"), "#D55E00") << set;
      }
      if (record.at("ceiling")) {
        EXPECT_EQ(record.at("color"), "#999999") << set;
        EXPECT_THAT(subject, HasSubstr("(ceiling)"));
      }
    }
  }
}

TEST(ChartData, HoldsMediansAndSingleValidTrials) {
  const auto sets = chart_data(comparison_of(data_folder / "small.jsonl"));
  const auto& throughput = sets.at("throughput");
  const auto of_kind = [&](const char* kind) {
    return std::count_if(throughput.begin(), throughput.end(),
                         [&](const auto& r) { return r.at("kind") == kind; });
  };
  EXPECT_EQ(of_kind("median"), 5);  // three echo servers and two for chat
  EXPECT_EQ(of_kind("trial"), 14);  // three repeats of each, one of which failed
}

TEST(ChartData, CarriesTheVerdictAndSaysWhatIsInvalid) {
  const auto sets = chart_data(comparison_of(data_folder / "small.jsonl"));
  for (const auto& record : sets.at("throughput")) {
    const bool is_fork = record.at("subject") == "fork" && record.at("panel_order") == 0;
    if (record.at("panel_order") == 0) {
      EXPECT_EQ(record.at("state"), is_fork ? "invalid" : "generator-bound");
    } else {
      EXPECT_EQ(record.at("state"), "server-bound");
    }
    if (is_fork && record.at("kind") == "median") {
      EXPECT_EQ(record.at("text"), "31,050 invalid");
    }
  }
}

/// The charts of the first echo server alone, in one of the states.
std::string throughput_chart_of(results::CellState state) {
  auto comparison = comparison_of(data_folder / "small.jsonl");
  comparison.scenarios.resize(1);
  auto& rows = comparison.scenarios[0].rows;
  rows.resize(1);
  switch (state) {
    case results::CellState::invalid:
      rows[0].trials[0].integrity = {{"lost", 1}};
      break;
    case results::CellState::server_bound:
      rows[0].limits = {3, 0, 3, 0, 0};
      break;
    case results::CellState::generator_bound:
      rows[0].limits = {3, 3, 0, 0, 0};
      break;
    case results::CellState::latency_bound:
      rows[0].limits = {3, 0, 0, 0, 3};
      break;
    case results::CellState::mixed:
      rows[0].limits = {3, 1, 1, 0, 1};
      break;
    case results::CellState::unknown:
      rows[0].limits = {3, 0, 0, 0, 0};
  }
  EXPECT_EQ(results::judge_cell(rows[0]).state, state);
  const TemporaryFolder folder;
  EXPECT_EQ(write_charts(comparison, folder.path()).problem, "");
  return contents_of(folder.path() / "charts/throughput.svg");
}

/// The outlines of the marks that hatch a bar, without where they stand.
std::string hatching_of(const std::string& svg) {
  const std::string mark = "aria-roledescription=\"point\"";
  for (std::size_t at = 0; (at = svg.find(mark, at)) != std::string::npos; ++at) {
    const std::string element = svg.substr(at, svg.find('>', at) - at);
    if (element.find("stroke=\"#333333\"") == std::string::npos) continue;
    const std::size_t from = element.find(" d=\"") + 4;
    return element.substr(from, element.find('"', from) - from);
  }
  return {};
}

TEST(WriteCharts, EachVerdictIsToldWithoutColour) {
  using results::CellState;
  std::set<std::string> hatchings;
  for (const auto state : {CellState::invalid, CellState::generator_bound, CellState::latency_bound,
                           CellState::mixed, CellState::unknown}) {
    const std::string svg = throughput_chart_of(state);
    const std::string hatching = hatching_of(svg);
    EXPECT_FALSE(hatching.empty()) << results::cell_state_name(state);
    EXPECT_TRUE(hatchings.insert(hatching).second)
        << results::cell_state_name(state) << " looks like another";
    EXPECT_THAT(svg, HasSubstr(">" + std::string(results::cell_state_name(state)) + "<")) << "in the legend";
  }
  EXPECT_EQ(hatching_of(throughput_chart_of(CellState::server_bound)), "");
}

// Needs Node.js and `npm ci --prefix plots`, as the report does.
TEST(WriteCharts, RendersEverySpecificationWithMarks) {
  const TemporaryFolder folder;
  const auto result = write_charts(comparison_of(data_folder / "small.jsonl"), folder.path());
  ASSERT_EQ(result.problem, "");
  std::size_t specifications = 0;
  for (const auto& entry : fs::directory_iterator(source_home() / "plots/charts")) {
    specifications += entry.path().string().ends_with(".vl.json") ? 1 : 0;
  }
  ASSERT_EQ(result.charts.size(), specifications);
  EXPECT_EQ(result.charts.front().file, "charts/throughput.svg");
  for (const ChartLink& chart : result.charts) {
    const std::string svg = contents_of(folder.path() / chart.file);
    EXPECT_EQ(svg.rfind("<svg", 0), 0U) << chart.file;
    EXPECT_THAT(svg, HasSubstr(chart.title)) << "its title";
    EXPECT_THAT(svg, HasSubstr("bare-epoll (ceiling)")) << chart.file;
    for (const char* colour : {"#999999", "#D55E00", "#0072B2", "#009E73"}) {
      EXPECT_GE(count_of(svg, std::string("fill=\"") + colour), 1U)
          << chart.file << " has no mark in " << colour;
    }
  }
  // 5 bars, and the number of each in words.
  const std::string svg = contents_of(folder.path() / "charts/throughput.svg");
  EXPECT_EQ(count_of(svg, "aria-roledescription=\"bar\""), 5U);
}

TEST(WriteCharts, EscapesNames) {
  const TemporaryFolder folder;
  const auto file = small_file_with(folder.path(), "broker", "<script>alert(1)</script>\n\"&");
  const auto result = write_charts(comparison_of(file), folder.path());
  ASSERT_EQ(result.problem, "");
  for (const ChartLink& chart : result.charts) {
    const std::string svg = contents_of(folder.path() / chart.file);
    EXPECT_THAT(svg, Not(HasSubstr("<script"))) << chart.file;
    EXPECT_THAT(svg, HasSubstr("&lt;script&gt;")) << chart.file;
  }
}

TEST(WriteCharts, AChartIsOneFile) {
  const TemporaryFolder home, out;
  fs::create_directories(home.path() / "plots/charts");
  fs::copy_file(source_home() / "plots/render.mjs", home.path() / "plots/render.mjs");
  fs::create_directory_symlink(source_home() / "plots/node_modules", home.path() / "plots/node_modules");
  std::ofstream(home.path() / "plots/charts/switches.vl.json")
      << R"({"description":"Switches","data":{"name":"switches_per_request"},"mark":"bar",)"
      << R"("encoding":{"y":{"field":"subject"},"x":{"field":"value","type":"quantitative"}}})";
  std::ofstream(home.path() / "plots/charts/nothing.vl.json")
      << R"({"description":"No data","data":{"name":"no_such_set"},"mark":"bar","encoding":{}})";
  const ScopedVariable variable("THREADMILL_HOME", home.path().string());
  const auto result = write_charts(comparison_of(data_folder / "small.jsonl"), out.path());
  ASSERT_EQ(result.problem, "");
  ASSERT_EQ(result.charts.size(), 1U) << "a chart without data is left out";
  EXPECT_EQ(result.charts[0].file, "charts/switches.svg");
}

TEST(WriteCharts, AMissingBaseIsNamed) {
  const TemporaryFolder home, out;
  fs::create_directories(home.path() / "plots/charts");
  fs::copy_file(source_home() / "plots/render.mjs", home.path() / "plots/render.mjs");
  fs::create_directory_symlink(source_home() / "plots/node_modules", home.path() / "plots/node_modules");
  std::ofstream(home.path() / "plots/charts/x.vl.json")
      << R"({"base":"none.base.json","data":{"name":"cpu"}})";
  const ScopedVariable variable("THREADMILL_HOME", home.path().string());
  EXPECT_THAT(write_charts(comparison_of(data_folder / "small.jsonl"), out.path()).problem,
              HasSubstr("none.base.json"));
}

TEST(WriteCharts, ABrokenSpecificationIsNamed) {
  const TemporaryFolder home, out;
  fs::create_directories(home.path() / "plots/charts");
  fs::copy_file(source_home() / "plots/render.mjs", home.path() / "plots/render.mjs");
  fs::create_directory_symlink(source_home() / "plots/node_modules", home.path() / "plots/node_modules");
  std::ofstream(home.path() / "plots/charts/broken.vl.json") << "{ not json";
  const ScopedVariable variable("THREADMILL_HOME", home.path().string());
  EXPECT_THAT(write_charts(comparison_of(data_folder / "small.jsonl"), out.path()).problem,
              HasSubstr("broken.vl.json"));
}

TEST(WriteReport, WithoutNodeModulesTheTextIsThereAndSaysHowToGetCharts) {
  const TemporaryFolder home, out;
  fs::create_directories(home.path() / "plots");
  fs::copy_file(source_home() / "plots/render.mjs", home.path() / "plots/render.mjs");
  const ScopedVariable variable("THREADMILL_HOME", home.path().string());
  const fs::path report = write_report({data_folder / "small.jsonl"}, out.path());
  EXPECT_THAT(contents_of(report), HasSubstr("npm ci --prefix"));
  EXPECT_TRUE(fs::exists(out.path() / "trials.csv"));
}

TEST(WriteReport, WithoutNodeItSaysWhichPackageIsMissing) {
  const TemporaryFolder empty, out;
  const ScopedVariable variable("PATH", empty.path().string());
  const auto report = write_report_files({data_folder / "small.jsonl"}, out.path(), {});
  EXPECT_THAT(report.chart_problem, HasSubstr("package nodejs"));
  EXPECT_TRUE(fs::exists(out.path() / "report.md"));
}

}  // namespace
}  // namespace threadmill::plots
