#include "plots/difference/compare_table.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "files.h"
#include "golden.h"
#include "plots/difference/change_section.h"
#include "plots/difference/compare_json.h"
#include "plots/report/markdown.h"
#include "plots/report/report_json.h"
#include "plots/text/text.h"
#include "tests/plots/files.h"
#include "tests/results/trial_records.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::ResultFile;
using testing::HasSubstr;
using testing::Not;

/// Eight trials, a thousandth apart, of which each request costs `cpu_percent` of the usual CPU time.
std::vector<json> trials_of(const std::string& subject, std::uint64_t completed, std::int64_t cpu_percent) {
  std::vector<json> trials;
  for (int i = 0; i < 8; ++i) {
    const std::uint64_t requests = completed + completed * static_cast<std::uint64_t>(i) / 1000;
    trials.push_back(results::echo_trial(subject, i, requests));
    auto& gates = trials.back()["samples"]["gates"];
    const std::int64_t usual_ns = 10'000 * static_cast<std::int64_t>(requests);
    gates["measured"]["cpu_ns"] = gates["warm"]["cpu_ns"].get<std::int64_t>() + usual_ns * cpu_percent / 100;
  }
  return trials;
}

ResultFile run_of(const std::string& name, const std::vector<std::vector<json>>& subjects) {
  std::vector<json> all;
  for (const auto& trials : subjects) all.insert(all.end(), trials.begin(), trials.end());
  ResultFile file = results::result_file(name, all);
  file.header["tool"] = {{"version", "0.1.0"}, {"git_commit", "0123abc"}, {"git_dirty", false}};
  file.header["environment"]["kernel"] = "Linux 6.1";
  return file;
}

ResultFile before() {
  return run_of("before.jsonl", {trials_of("bare-epoll", 90'000, 100), trials_of("epoll", 50'000, 100),
                                 trials_of("fork", 20'000, 200), trials_of("thread", 30'000, 150)});
}

/// The same with another kernel: epoll dearer by a tenth, fork faster, thread broken, broker new.
ResultFile after() {
  auto broken = trials_of("thread", 30'000, 150);
  for (int i : {1, 2, 3}) broken[static_cast<std::size_t>(i)]["load"]["integrity"]["lost"] = i;
  ResultFile file =
      run_of("after.jsonl", {trials_of("bare-epoll", 90'010, 100), trials_of("epoll", 50'000, 110),
                             trials_of("fork", 31'000, 200), broken, trials_of("broker", 60'000, 100)});
  file.header["environment"]["kernel"] = "Linux 6.12";
  file.header["tool"]["git_commit"] = "4567def";
  return file;
}

const results::ChangeOptions by_default;

std::string text_between(const std::vector<ResultFile>& files, const results::ChangeOptions& options) {
  return compare_table(results::changes_between_runs(files, options));
}

TEST(CompareTable, OfRunsIsTheCommittedOne) {
  expect_golden("compare_runs.txt", text_between({before(), after()}, by_default));
}

TEST(CompareTable, OfSubjectsIsTheCommittedOne) {
  expect_golden("compare_subjects.txt",
                compare_table(results::changes_between_subjects(before(), {"epoll", "fork"}, by_default)));
}

TEST(CompareTable, SaysHowManySamplesItWouldTake) {
  ResultFile first = before(), second = after();
  for (ResultFile* file : {&first, &second})
    std::erase_if(file->trials, [](const json& trial) { return trial["repeat"] > 2; });
  const std::string text = text_between({first, second}, {{results::Metric::cpu_us_per_request}, {}});
  EXPECT_THAT(text, HasSubstr(" too few (+10 %) ")) << "with the estimate";
  EXPECT_THAT(text, HasSubstr("It takes 5+5"));
  EXPECT_THAT(text, HasSubstr("±∞"));
}

TEST(CompareTable, DoesNotBlameServersForAChangeOfTheMachine) {
  ResultFile slower =
      run_of("slower.jsonl", {trials_of("bare-epoll", 70'000, 100), trials_of("epoll", 39'000, 100)});
  EXPECT_THAT(text_between({before(), slower}, by_default), HasSubstr("! bare-epoll"));
  EXPECT_THAT(text_between({before(), after()}, by_default), Not(HasSubstr("! bare-epoll")));
}

TEST(CompareTable, OfRunsWithNothingInCommonSaysSo) {
  ResultFile other = before();
  other.path = "other.jsonl";
  other.scenarios[0]["name"] = "chat";
  for (json& trial : other.trials) trial["scenario"] = "chat";
  const std::string text = text_between({before(), other}, by_default);
  EXPECT_THAT(text, HasSubstr("Nothing can be compared."));
  EXPECT_THAT(text, HasSubstr("! not compared: echo: only in before"));
  EXPECT_THAT(text, HasSubstr("! not compared: chat: only in other"));
}

TEST(CompareTable, FitsAndCarriesNoEscapeSequenceWhateverTheNames) {
  const std::string hostile = "\x1b[31m" + std::string(200, 'y');
  ResultFile first = run_of(hostile + "1.jsonl", {trials_of(hostile, 10'000, 100)});
  ResultFile second =
      run_of(hostile + "2.jsonl", {trials_of(hostile, 20'000, 100), trials_of(hostile + "x", 10'000, 100)});
  second.header["environment"]["kernel"] = hostile;
  const std::string text = text_between({first, second}, by_default);
  EXPECT_THAT(text, HasSubstr("yyy"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  for (const std::string& line : lines_of(text)) EXPECT_LE(width(line), 110U) << line;
}

TEST(ChangeSection, IsTheCommittedOne) {
  expect_golden("compare_runs.md",
                change_section(results::changes_between_runs({before(), after()}, by_default)));
}

TEST(ChangeSection, OfRunsWithNothingInCommonSaysSo) {
  ResultFile other = before();
  other.path = "other.jsonl";
  other.scenarios[0]["name"] = "chat";
  for (json& trial : other.trials) trial["scenario"] = "chat";
  const std::string text = change_section(results::changes_between_runs({before(), other}, by_default));
  EXPECT_THAT(text, HasSubstr("## Run other against run before"));
  EXPECT_THAT(text, HasSubstr("No difference between the environments."));
  EXPECT_THAT(text, HasSubstr("Nothing can be compared."));
  EXPECT_THAT(text, HasSubstr("- not compared: echo: only in before.\n"));
}

TEST(ChangeSection, ShowsHostileNamesAsText) {
  const std::string hostile = "<script>|`x`\n# \x1b[31m" + std::string(200, 'y');
  ResultFile first = run_of(hostile + "1.jsonl", {trials_of(hostile, 10'000, 100)});
  ResultFile second =
      run_of(hostile + "2.jsonl", {trials_of(hostile, 20'000, 100), trials_of(hostile + "x", 10'000, 100)});
  second.header["environment"]["kernel"] = hostile;
  const std::string text = change_section(results::changes_between_runs({first, second}, by_default));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;"));
  for (const char* markup : {"<script", "\x1b", "`x`", "\n# "}) EXPECT_THAT(text, Not(HasSubstr(markup)));
  for (const std::string& line : lines_of(text)) {
    const auto pipes = std::count(line.begin(), line.end(), '|');
    if (line.starts_with("|")) {
      EXPECT_TRUE(pipes == 6 || pipes == 8) << line;
    }
  }
}

TEST(ReportOfSeveralRuns, PutsEachAgainstTheFirstAndItsServersAgainstItsOwnFirst) {
  const std::vector<ResultFile> files{before(), after()};
  const std::string report =
      markdown_report(results::compare(files), {}, "", results::changes_between_runs(files, by_default));
  const std::size_t section = report.find("## Run after against run before");
  EXPECT_LT(report.find("## In short"), section);
  EXPECT_LT(section, report.find("\n## Echo\n"));
  EXPECT_THAT(report, HasSubstr("### Against the first of each run\n\nFirst by requests/s: epoll @ before, "
                                "broker @ after."));
  EXPECT_THAT(report, HasSubstr("\n| fork @ before | 0.400× (0.400 to 0.400), behind |"));
  EXPECT_THAT(report, HasSubstr("\n| thread @ after | **invalid** |"));
}

TEST(ReportJson, OfTwoRunsIsTheCommittedOne) {
  std::vector<ResultFile> files{before(), after()};
  for (ResultFile& file : files)
    std::erase_if(file.trials,
                  [](const json& t) { return t["subject"] != "epoll" && t["subject"] != "fork"; });
  expect_golden("two_runs.json",
                report_json(results::compare(files), results::changes_between_runs(files, by_default)));
}

/// Both runs at the generator's limit, which got faster.
std::vector<results::ChangeTable> held_back_tables() {
  auto slow = trials_of("epoll", 50'000, 100), fast = trials_of("epoll", 60'000, 100);
  for (auto* trials : {&slow, &fast})
    for (json& trial : *trials) results::hold_back(trial);
  return results::changes_between_runs({run_of("slow.jsonl", {slow}), run_of("fast.jsonl", {fast})},
                                       {{results::Metric::requests_per_s}, {}});
}

TEST(CompareTable, CallsNothingBetterThatTheGeneratorCouldTurnAround) {
  const std::string text = compare_table(held_back_tables());
  EXPECT_THAT(text, HasSubstr("held back (? +20 %)"));
  EXPECT_THAT(text, HasSubstr("≥ 60,2"));
  EXPECT_THAT(text, HasSubstr("held back (the change that was measured)"));
  EXPECT_THAT(text, Not(HasSubstr("% better")));
}

TEST(CompareJson, HasTheBounds) {
  const json change = compare_json(held_back_tables())["comparisons"][0]["changes"][0];
  EXPECT_EQ(change["outcome"], "held-back");
  EXPECT_EQ(change["first_bound"], "at-least");
  EXPECT_EQ(change["second_bound"], "at-least");
  EXPECT_EQ(change["ratio_bound"], "unknown");
  EXPECT_TRUE(change["p_value_corrected"].is_null());
}

TEST(CompareJson, SaysWhatTheTableSays) {
  const auto tables =
      results::changes_between_runs({before(), after()}, {{results::Metric::cpu_us_per_request}, {}});
  const json comparison = compare_json(tables)["comparisons"].at(0);
  EXPECT_EQ(comparison["first"], "before");
  EXPECT_EQ(comparison["pairing"], "unpaired");
  EXPECT_EQ(comparison["correction"], "holm");
  EXPECT_EQ(comparison["tests"], 3);
  EXPECT_EQ(comparison["not_compared"], json::array({"echo, broker: only in after"}));
  EXPECT_EQ(comparison["environment_differences"][0]["name"], "kernel");
  const json& epoll = comparison["changes"][1];
  EXPECT_EQ(epoll["subject"], "epoll");
  EXPECT_EQ(epoll["metric"], "cpu_us_per_request");
  EXPECT_EQ(epoll["better"], "less");
  EXPECT_EQ(epoll["outcome"], "worse");
  EXPECT_NEAR(epoll["ratio"], 1.1, 1e-6);
  EXPECT_LE(epoll["ratio_interval"][0], epoll["ratio_interval"][1]);
  EXPECT_EQ(epoll["first"]["count"], 8);
  const json& thread = comparison["changes"][3];
  EXPECT_EQ(thread["outcome"], "invalid");
  EXPECT_TRUE(thread["ratio"].is_null());
  EXPECT_THAT(thread["reason"].get<std::string>(), HasSubstr("lost"));
}

}  // namespace
}  // namespace threadmill::plots
