#include "plots/charts/charts.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <regex>
#include <set>

#include "files.h"
#include "plots/charts/chart_data.h"
#include "plots/report/report.h"
#include "results/comparison/cell.h"
#include "staged_suite.h"
#include "tests/results/sweep_records.h"

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
      EXPECT_TRUE(record.contains("scenario")) << set;
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

/// The specifications in plots/charts, but for that of a history, which no run has.
std::vector<fs::path> specification_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(source_home() / "plots/charts")) {
    const bool of_histories = entry.path().filename() == "history.vl.json";
    if (entry.path().string().ends_with(".vl.json") && !of_histories) files.push_back(entry.path());
  }
  return files;
}

/// The name of the data set that a chart is drawn from.
std::string data_set_of(const ChartLink& chart) {
  const fs::path name = fs::path(chart.file).stem().string() + ".vl.json";
  const auto specification = nlohmann::json::parse(contents_of(source_home() / "plots/charts" / name));
  return specification.at("data").at("name");
}

std::set<std::string> colours_in(const nlohmann::json& records) {
  std::set<std::string> colours;
  for (const auto& record : records) {
    if (record.contains("color")) colours.insert(record["color"].get<std::string>());
  }
  return colours;
}

results::Comparison with_a_sweep(results::Comparison comparison) {
  comparison.sweeps =
      results::compare({results::fake_sweep({{.subject = "bare-epoll", .highest_per_s = 50'000},
                                             {.subject = "fork", .highest_per_s = 10'000},
                                             {.subject = "epoll", .highest_per_s = 40'000},
                                             {.subject = "broker", .highest_per_s = 30'000}},
                                            1)})
          .sweeps;
  return comparison;
}

/// One row for each state, called by its name.
results::Comparison one_row_for_each_state() {
  using results::CellState;
  const std::pair<CellState, results::LimitCounts> states[] = {
      {CellState::invalid, {3, 0, 3, 0, 0}},         {CellState::server_bound, {3, 0, 3, 0, 0}},
      {CellState::generator_bound, {3, 3, 0, 0, 0}}, {CellState::latency_bound, {3, 0, 0, 0, 3}},
      {CellState::mixed, {3, 1, 1, 0, 1}},           {CellState::unknown, {3, 0, 0, 0, 0}}};
  auto comparison = comparison_of(data_folder / "small.jsonl");
  comparison.scenarios.resize(1);
  auto& rows = comparison.scenarios[0].rows;
  const results::Row measured = rows[0];
  rows.clear();
  for (const auto& [state, limits] : states) {
    rows.push_back(measured);
    rows.back().label = results::cell_state_name(state);
    rows.back().limits = limits;
    if (state == CellState::invalid) rows.back().trials[0].integrity = {{"lost", 1}};
    EXPECT_EQ(results::judge_cell(rows.back()).state, state);
  }
  return comparison;
}

/// The outline of a mark that hatches the bar of a subject; "" where its colour is full.
std::string hatching_of(const std::string& svg, const std::string& subject) {
  const std::regex mark("aria-label=\"hatch: [^;]*; subject: " + subject +
                        " \\(ceiling\\);[^>]* d=\"([^\"]*)\"");
  std::smatch found;
  return std::regex_search(svg, found, mark) ? found[1].str() : std::string();
}

TEST(WriteCharts, EachVerdictIsToldWithoutColour) {
  const TemporaryFolder folder;
  ASSERT_EQ(write_charts(one_row_for_each_state(), folder.path()).problem, "");
  const std::string svg = contents_of(folder.path() / "charts/throughput.svg");
  std::set<std::string> hatchings;
  for (const std::string state : {"invalid", "generator-bound", "latency-bound", "mixed", "unknown"}) {
    const std::string hatching = hatching_of(svg, state);
    EXPECT_FALSE(hatching.empty()) << state;
    EXPECT_TRUE(hatchings.insert(hatching).second) << state << " looks like another";
    EXPECT_THAT(svg, HasSubstr(">" + state + "<")) << "in the legend";
  }
  EXPECT_EQ(hatching_of(svg, "server-bound"), "");
}

// Needs Node.js and `npm ci --prefix plots`, as the report does.
TEST(WriteCharts, RendersEverySpecificationWithMarks) {
  const TemporaryFolder folder;
  const auto comparison = with_a_sweep(results::compare({staged_suite()}));
  const auto sets = chart_data(comparison);
  const auto result = write_charts(comparison, folder.path());
  ASSERT_EQ(result.problem, "");
  ASSERT_EQ(result.charts.size(), specification_files().size());
  EXPECT_EQ(result.charts.front().file, "charts/overview.svg");
  for (const ChartLink& chart : result.charts) {
    const std::string svg = contents_of(folder.path() / chart.file);
    EXPECT_EQ(svg.rfind("<svg", 0), 0U) << chart.file;
    EXPECT_THAT(svg, HasSubstr(chart.title)) << "its title";
    for (const std::string& colour : colours_in(sets.at(data_set_of(chart)))) {
      EXPECT_GE(count_of(svg, "=\"" + colour + "\""), 1U) << chart.file << " has no mark in " << colour;
    }
    for (const char* broken : {"NaN", "undefined", "null"})
      EXPECT_THAT(svg, Not(HasSubstr(broken))) << chart.file;
  }
}

TEST(WriteCharts, ABarForEachRow) {
  const TemporaryFolder folder;
  ASSERT_EQ(write_charts(comparison_of(data_folder / "small.jsonl"), folder.path()).problem, "");
  const std::string svg = contents_of(folder.path() / "charts/throughput.svg");
  EXPECT_EQ(count_of(svg, "aria-roledescription=\"bar\""), 5U);
}

TEST(WriteCharts, EscapesNames) {
  const TemporaryFolder folder;
  const auto file = small_file_with(folder.path(), "broker", "<script>alert(1)</script>\n\"&");
  const auto comparison = comparison_of(file);
  const auto sets = chart_data(comparison);
  const auto result = write_charts(comparison, folder.path());
  ASSERT_EQ(result.problem, "");
  int with_the_name = 0;
  for (const ChartLink& chart : result.charts) {
    const std::string svg = contents_of(folder.path() / chart.file);
    EXPECT_THAT(svg, Not(HasSubstr("<script"))) << chart.file;
    if (sets.at(data_set_of(chart)).dump().find("<script>") == std::string::npos) continue;
    ++with_the_name;
    EXPECT_THAT(svg, HasSubstr("&lt;script&gt;")) << chart.file;
  }
  EXPECT_GE(with_the_name, 4);
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
  const auto report = write_report_files({data_folder / "small.jsonl"}, out.path(), {});
  EXPECT_THAT(contents_of(report.text), HasSubstr("npm ci --prefix"));
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
