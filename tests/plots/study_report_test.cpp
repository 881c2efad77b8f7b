// A study in the report and on the terminal.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "files.h"
#include "golden.h"
#include "plots/charts/chart_data.h"
#include "plots/charts/charts.h"
#include "plots/page/report_page.h"
#include "plots/page/study_cards.h"
#include "plots/paper/paper_studies.h"
#include "plots/paper/paper_tables.h"
#include "plots/report/markdown.h"
#include "plots/report/report_json.h"
#include "plots/report/terminal.h"
#include "plots/study/study_section.h"
#include "plots/study/study_text.h"
#include "plots/text/text.h"
#include "tests/results/staged_study.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::staged_claim;
using results::steady_rates;
using testing::HasSubstr;
using testing::Not;

json more(const std::string& of, const std::string& than) {
  return {{"kind", "more"}, {"of", of}, {"than", than}};
}

json told(json claim, const std::string& text) {
  claim["text"] = text;
  return claim;
}

std::vector<json> claims_of_each_outcome() {
  json twice = more("epoll", "thread");
  twice["by_at_least"] = 2;
  json relative = more("epoll", "fork");
  relative["relative_to"] = "small";
  return {
      told(staged_claim("requests_per_s", {"small", "large"}, more("epoll", "fork")),
           "The loop answers most."),
      told(staged_claim("requests_per_s", {"small"}, more("fork", "thread")), "Processes beat threads."),
      told(staged_claim("requests_per_s", {"large"}, more("thread", "epoll")), "Threads may win."),
      told(staged_claim("requests_per_s", {"small"}, twice), "The loop is twice as fast as threads."),
      told(staged_claim("requests_per_s", {"large"}, relative), "The loop keeps more of its rate."),
      told(staged_claim("requests_per_s", {"small", "large"}, {{"kind", "falls_with"}, {"of", "fork"}}),
           "Processes slow down."),
      told(staged_claim("service_p99_ns", {"small"}, {{"kind", "at_most"}, {"of", "fork"}, {"value", 5000}}),
           "An answer takes 5 us at most."),
      told(staged_claim("requests_per_s", {"small", "large"}, more("epoll", "node")), "It beats Node.js."),
      told(staged_claim("", {"small", "large"}, {{"kind", "delivers"}, {"of", "thread"}}),
           "Every message arrives."),
      told(staged_claim("", {}, {{"kind", "not_tested"}, {"because", "no scenario does that"}}),
           "A crash hurts nobody else."),
      told(staged_claim("", {}, {{"kind", "of a newer version"}}), "Something else.")};
}

results::ResultFile file_of_each_outcome() {
  auto file =
      results::staged_study({{"small", "fork", steady_rates(1000, 1)},
                             {"small", "thread", steady_rates(2000, 3)},
                             {"small", "epoll", steady_rates(5000, 5), results::with_a_full_generator},
                             {"large", "fork", steady_rates(500, 7)},
                             {"large", "thread", steady_rates(4000, 3)},
                             {"large", "epoll", steady_rates(4000, 5)}},
                            claims_of_each_outcome());
  file.header["study"]["peers"] = {"node"};
  file.header["study"]["notes"] = {"Theirs are Python servers."};
  file.scenarios[0]["published"] = json::parse(R"({"source": "000_source", "machine": "a laptop", "figures": [
    {"subject": "fork", "metric": "requests_per_s", "value": 1553.5},
    {"subject": "epoll", "metric": "requests_per_s", "value": 2778.06},
    {"subject": "epoll", "metric": "seconds_per_1000_messages", "value": 0.36, "approximate": true},
    {"subject": "fork", "metric": "cpu_percent", "value": 37.3},
    {"subject": "node", "metric": "memory_mib_max", "value": 66, "approximate": true}]})");
  return file;
}

results::Comparison each_outcome() { return results::compare({file_of_each_outcome()}); }

TEST(StudyReport, TheSectionIsTheCommittedOne) { expect_golden("study.md", study_sections(each_outcome())); }

TEST(StudyReport, TheTerminalTextIsTheCommittedOne) {
  expect_golden("study.txt", study_text(each_outcome()));
}

TEST(StudyReport, IsPartOfTheReportWhichHasPublishedFiguresOnce) {
  const std::string report = markdown_report(each_outcome(), {}, "");
  EXPECT_THAT(report, HasSubstr("## Study: A staged study\n"));
  const std::string heading = "### Published figures beside ours";
  const auto first = report.find(heading);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(report.find(heading, first + 1), std::string::npos);
  EXPECT_THAT(report, HasSubstr(" by `threadmill study`, "));
  EXPECT_LT(report.find("- **Study: A staged study**: 5 confirmed, 1 refuted, 5 not decided."),
            report.find("## Study: A staged study"));
}

TEST(StudyReport, TheJsonIsTheCommittedOne) { expect_golden("study.json", report_json(each_outcome())); }

TEST(StudyReport, TheLatexIsTheCommittedOne) { expect_golden("study.tex", paper_studies(each_outcome())); }

TEST(StudyReport, ProgramsGetOutcomesNumbersAndPublishedFigures) {
  const json report = json::parse(report_json(each_outcome()));
  const json& claims = report.at("studies").at(0).at("claims");
  EXPECT_EQ(claims.at(0).at("outcome"), "confirmed");
  EXPECT_EQ(claims.at(0).at("evidence").at(0).at("where"), "small");
  EXPECT_NEAR(claims.at(0).at("evidence").at(0).at("number").at("value"), 5, 0.05);
  EXPECT_EQ(claims.at(0).at("evidence").at(0).at("number").at("bound"), "at-least");
  EXPECT_EQ(claims.at(7).at("evidence").at(0).at("number"), nullptr) << "nothing measured of node";
  EXPECT_EQ(claims.at(9).at("outcome"), "not-decided");
  EXPECT_EQ(claims.at(9).at("test").at("because"), "no scenario does that");
  const json& figures = report.at("scenarios").at(0).at("published").at("figures");
  EXPECT_EQ(figures.at(0).at("value"), 1553.5);
  EXPECT_NEAR(figures.at(0).at("ours").at(0).at("figure").at("median"), 1003.5, 4);
  EXPECT_TRUE(figures.at(4).at("ours").empty()) << "nothing measured of node";
  EXPECT_EQ(report.at("scenarios").at(1).at("published"), nullptr);
}

TEST(StudyReport, IsInTheTerminalsTextAndInThePaper) {
  EXPECT_THAT(terminal_text(each_outcome()), HasSubstr(study_text(each_outcome())));
  EXPECT_THAT(paper_tables(each_outcome()), HasSubstr(paper_studies(each_outcome())));
  const std::string narrow = terminal_text(each_outcome(), {60, true});
  EXPECT_THAT(narrow, HasSubstr(coloured("  confirmed: The loop answers most.", TextColour::green)));
  EXPECT_THAT(narrow, HasSubstr(coloured("  refuted: Processes beat threads.", TextColour::red)));
  for (const std::string& line : lines_of(study_text(each_outcome(), {60, false})))
    EXPECT_LE(width(line), 60U);
}

TEST(StudyReport, ThePageHasItInItsContentsAndInItsSummaryAndBeforeTheCharts) {
  const std::string page = html_page(
      report_page(each_outcome()), chart_set(chart_data(each_outcome()), source_home() / "plots/charts"), {});
  const std::string contents = page.substr(page.find("aria-label=\"Contents\""), 800);
  EXPECT_THAT(contents, HasSubstr("<a href=\"#study-0\">Study: A staged study</a>"));
  const auto summary = page.find("id=\"in-short\""), section = page.find("<section id=\"study-0\">");
  const auto card = page.find("<span class=\"mark refuted\">✗ refuted</span> Processes beat threads.");
  EXPECT_LT(summary, card);
  EXPECT_LT(card, section);
  ASSERT_NE(section, std::string::npos);
  EXPECT_LT(section, page.find("<section id=\"charts\">"));
  EXPECT_THAT(page, HasSubstr("5 confirmed, 1 refuted, 5 not decided."));
}

TEST(StudyReport, SaysNothingWhereNoRunIsOfAStudy) {
  const auto small = results::compare({results::read_result_file(data_folder / "small.jsonl")});
  EXPECT_EQ(study_sections(small), "");
  EXPECT_EQ(study_text(small), "");
  EXPECT_FALSE(is_in_a_study(small, "light-100x10"));
}

TEST(StudyReport, AFileOfThreeRepeatsDecidesNothingAndStillShowsItsNumbers) {
  auto file = results::read_result_file(data_folder / "small.jsonl");
  file.header["run"]["study"] = "mine";
  file.header["study"] = {
      {"claims", {staged_claim("deliveries_per_s", {"chat-50"}, more("broker", "fork"))}}};
  EXPECT_THAT(study_text(results::compare({file})), HasSubstr("deliveries_per_s, broker / fork: chat-50 6."));
}

TEST(StudyReport, ShowsHostileTextAsText) {
  const std::string hostile_text = "<script>alert(1)</script>|`x`\n# y\x1b[31m";
  auto file = file_of_each_outcome();
  auto& study = file.header["study"];
  for (const char* key : {"title", "question"}) study[key] = hostile_text;
  for (const char* key : {"id", "measured", "machine"}) study["source"][key] = hostile_text;
  study["notes"] = {hostile_text};
  study["peers"] = {hostile_text};
  study["claims"] = {
      told(staged_claim(hostile_text, {hostile_text}, more(hostile_text, hostile_text)), hostile_text),
      told(staged_claim("requests_per_s", {hostile_text}, more(hostile_text, hostile_text)), hostile_text)};
  file.scenarios[0]["published"]["figures"][0]["subject"] = hostile_text;
  const auto comparison = results::compare({file});
  const std::string section = study_sections(comparison), text = study_text(comparison);
  const std::string cards = study_cards(results::judge_studies(comparison));
  EXPECT_THAT(cards, Not(HasSubstr("<script")));
  EXPECT_THAT(paper_studies(comparison), Not(HasSubstr("|`x`")));
  EXPECT_THAT(section, Not(HasSubstr("<script")));
  EXPECT_THAT(section, Not(HasSubstr("\n# y")));
  EXPECT_THAT(section, HasSubstr("&lt;script&gt;"));
  for (const std::string& view : {section, text}) EXPECT_THAT(view, Not(HasSubstr("\x1b")));
  for (const std::string& line : lines_of(text)) EXPECT_LE(width(line), 110U) << line;
}

}  // namespace
}  // namespace threadmill::plots
