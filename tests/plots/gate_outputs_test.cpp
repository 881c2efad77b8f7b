#include "plots/gate/gate_outputs.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <cstdlib>
#include <memory>

#include "files.h"
#include "gate_reports.h"
#include "golden.h"
#include "plots/gate/annotations.h"
#include "plots/gate/benchmark_json.h"
#include "plots/gate/gate_json.h"
#include "plots/gate/junit.h"
#include "plots/gate/markdown.h"
#include "plots/gate/terminal.h"
#include "plots/gate/words.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using boost::property_tree::ptree;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const BenchmarkContext a_machine{"2026-01-02T03:04:05+00:00", "host", 2};

/// Whether Python's parser, which is a strict one, takes the text for XML.
bool is_well_formed(const std::string& xml) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "gate.xml";
  std::ofstream(file, std::ios::binary) << xml;
  const std::string command =
      "python3 -c 'import sys, xml.etree.ElementTree as tree; tree.parse(sys.argv[1])' '" + file.string() +
      "' 2>/dev/null";
  return std::system(command.c_str()) == 0;
}

ptree parse_xml(const std::string& xml) {
  ptree document;
  std::istringstream stream(xml);
  read_xml(stream, document);
  return document;
}

std::vector<ptree> test_cases_of(const std::string& xml) {
  std::vector<ptree> cases;
  const ptree document = parse_xml(xml);
  for (const auto& [name, element] : document.get_child("testsuites.testsuite")) {
    if (name == "testcase") cases.push_back(element);
  }
  return cases;
}

TEST(GateTerminalText, IsTheCommittedOne) {
  expect_golden("gate.txt", gate_terminal_text(gate_of_every_outcome()));
}

TEST(GateTerminalText, EndsWithTheJudgement) {
  EXPECT_THAT(lines_of(gate_terminal_text(gate_of_every_outcome())).back(), StartsWith("invalid: 1 of 4 "));
  EXPECT_THAT(lines_of(gate_terminal_text(passed_gate())).back(), StartsWith("passed: 1 of 1 comparison is"));
}

TEST(GateTerminalText, FitsAndCarriesNoEscapeSequenceWhateverTheNames) {
  const std::string text = gate_terminal_text(hostile_gate());
  for (const std::string& line : lines_of(text)) EXPECT_LE(width(line), 110U) << line;
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(GateMarkdown, IsTheCommittedOne) { expect_golden("gate.md", gate_markdown(gate_of_every_outcome())); }

TEST(GateMarkdown, OfAGateThatPassedIsItsTableAlone) {
  EXPECT_THAT(gate_markdown(passed_gate()), Not(HasSubstr("\n- ")));
}

TEST(GateMarkdown, ShowsHostileNamesAsText) {
  const std::string text = gate_markdown(hostile_gate());
  EXPECT_THAT(text, Not(HasSubstr("<c>")));
  EXPECT_THAT(text, Not(HasSubstr("*h*")));
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with('|')) {
      EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 10) << line;
    }
  }
}

TEST(GateJunitXml, IsTheCommittedOne) { expect_golden("gate.xml", gate_junit_xml(gate_of_every_outcome())); }

TEST(GateJunitXml, IsWellFormedWhateverTheNames) {
  EXPECT_TRUE(is_well_formed(gate_junit_xml(gate_of_every_outcome())));
  EXPECT_TRUE(is_well_formed(gate_junit_xml(hostile_gate())));
  EXPECT_FALSE(is_well_formed("<a>\x01</a>"));
}

TEST(GateJunitXml, HasAnElementForEachOutcomeAndCountsThem) {
  const std::string xml = gate_junit_xml(gate_of_every_outcome());
  const auto cases = test_cases_of(xml);
  ASSERT_EQ(cases.size(), 4U);
  for (const char* element : {"failure", "error", "skipped"}) {
    EXPECT_EQ(cases[0].count(element), 0U) << "of the cell that passed";
  }
  EXPECT_EQ(cases[1].count("failure"), 1U);
  EXPECT_EQ(cases[2].count("skipped"), 1U);
  EXPECT_EQ(cases[3].count("error"), 1U);
  const ptree suite = parse_xml(xml).get_child("testsuites.testsuite.<xmlattr>");
  for (const char* count : {"failures", "errors", "skipped"}) EXPECT_EQ(suite.get<int>(count), 1) << count;
  EXPECT_EQ(suite.get<int>("tests"), 4);
}

TEST(GateJunitXml, SaysWhyInTheMessage) {
  const auto cases = test_cases_of(gate_junit_xml(gate_of_every_outcome()));
  EXPECT_THAT(cases.at(2).get<std::string>("skipped.<xmlattr>.message"),
              AllOf(HasSubstr("would need about 80"), HasSubstr("noise floor 9 %")));
}

TEST(GateJunitXml, NamesComeBackAsTheyWereLessWhatXmlForbids) {
  const auto cases = test_cases_of(gate_junit_xml(hostile_gate()));
  EXPECT_THAT(cases.at(0).get<std::string>("<xmlattr>.name"),
              HasSubstr("a\"b'<c>&|`d`  ::error::e,f:g%0A*h*"));
}

TEST(GateAnnotations, AreTheCommittedOnes) {
  expect_golden("gate.annotations.txt", gate_annotations(gate_of_every_outcome()));
}

TEST(GateAnnotations, OfAGateThatPassedAreOneNotice) {
  EXPECT_THAT(lines_of(gate_annotations(passed_gate())), ElementsAre(StartsWith("::notice title=")));
}

TEST(GateAnnotations, NamesCannotEndACommandOrStartAnother) {
  const std::string title = "a,b:c%d\r\ne", message = "f,g:h%i\r\n::error::j";
  EXPECT_EQ(workflow_command("warning", title, message),
            "::warning title=a%2Cb%3Ac%25d%0D%0Ae::f,g:h%25i%0D%0A::error::j\n");
  const auto lines = lines_of(gate_annotations(hostile_gate()));
  EXPECT_EQ(lines.size(), lines_of(gate_annotations(gate_of_every_outcome())).size());
  for (const std::string& line : lines)
    EXPECT_THAT(line, testing::MatchesRegex("::(error|warning) title=.*"));
}

TEST(GateAnnotations, TheTenthOfALevelCountsTheRest) {
  EXPECT_EQ(lines_of(gate_annotations(gate_of_regressions(10))).size(), 10U);
  const auto lines = lines_of(gate_annotations(gate_of_regressions(13)));
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_THAT(lines.back(), HasSubstr("4 more"));
}

TEST(GateBenchmarkJson, IsTheCommittedOne) {
  expect_golden("gate.benchmark.json", gate_benchmark_json(gate_of_every_outcome(), a_machine));
}

std::vector<std::string> keys_of(const json& entry) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : entry.items()) keys.push_back(key);
  return keys;
}

/// A file that the library itself wrote.
json file_of_the_library() {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "library.json";
  const std::string command =
      std::string(THREADMILL_BIN_DIR) +
      "/../tests/micro_benchmarks --benchmark_filter=outbox --benchmark_min_time=0.0001 "
      "--benchmark_repetitions=2 --benchmark_report_aggregates_only=true "
      "--benchmark_out_format=json --benchmark_out='" +
      file.string() + "' >/dev/null 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  return json::parse(contents_of(file));
}

TEST(GateBenchmarkJson, HasTheKeysAndTypesThatTheLibraryWrites) {
  const json library = file_of_the_library();
  const json ours = json::parse(gate_benchmark_json(gate_of_every_outcome(), a_machine));
  const auto is_median = [](const json& entry) { return entry.at("aggregate_name") == "median"; };
  const auto& theirs = library.at("benchmarks");
  const auto median = std::find_if(theirs.begin(), theirs.end(), is_median);
  ASSERT_NE(median, theirs.end());
  for (const json& entry : ours.at("benchmarks")) {
    for (const std::string& key : keys_of(*median)) {
      ASSERT_TRUE(entry.contains(key)) << key;
      EXPECT_EQ(entry[key].is_number(), (*median)[key].is_number()) << key;
    }
  }
  for (const char* key : {"date", "host_name", "executable", "num_cpus", "caches", "load_avg"}) {
    ASSERT_TRUE(ours["context"].contains(key)) << key;
    EXPECT_EQ(ours["context"][key].is_number(), library["context"][key].is_number()) << key;
    EXPECT_EQ(ours["context"][key].is_array(), library["context"][key].is_array()) << key;
  }
}

TEST(GateBenchmarkJson, GivesTimesInMicrosecondsAndLeavesOutWhatIsNone) {
  const json document = json::parse(gate_benchmark_json(gate_of_every_outcome(), a_machine));
  const json& entries = document["benchmarks"];
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0]["real_time"], 8.15);
  EXPECT_EQ(entries[1]["real_time"], 452.4);
  EXPECT_NEAR(entries[2]["real_time"].get<double>(), 10.12, 0.01) << "98,800 a second";
  EXPECT_EQ(document["context"]["left_out"], json({"fork in echo-64, bytes_per_connection"}));
}

TEST(GateBenchmarkJson, IsJsonWhateverTheNames) {
  EXPECT_TRUE(json::accept(gate_benchmark_json(hostile_gate(), a_machine)));
}

/// What a call of write_gate_outputs printed.
std::string printed(const results::GateReport& report, const GateOutputPaths& paths) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "out.txt";
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(file.c_str(), "w"), std::fclose);
  write_gate_outputs(report, paths, out.get());
  out.reset();
  return contents_of(file);
}

TEST(WriteGateOutputs, WritesWhatWasAskedForAndNothingElse) {
  const TemporaryFolder folder;
  GateOutputPaths paths;
  paths.junit = folder.path() / "new/junit.xml";
  const auto report = gate_of_every_outcome();
  EXPECT_EQ(printed(report, paths), gate_terminal_text(report));
  EXPECT_EQ(contents_of(*paths.junit), gate_junit_xml(report));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path() / "new"), {}), 1)
      << "no temporary file is left";
}

TEST(WriteGateOutputs, WritesEveryFormat) {
  const TemporaryFolder folder;
  GateOutputPaths paths;
  paths.markdown = folder.path() / "gate.md";
  paths.benchmark_json = folder.path() / "gate.json";
  printed(passed_gate(), paths);
  EXPECT_EQ(contents_of(*paths.markdown), gate_markdown(passed_gate()));
  EXPECT_TRUE(json::parse(contents_of(*paths.benchmark_json))["context"]["date"].is_string());
}

TEST(WriteGateOutputs, InGitHubActionsAppendsToTheSummaryAndAnnotates) {
  const TemporaryFolder folder;
  const fs::path summary = folder.path() / "summary.md";
  std::ofstream(summary) << "before\n";
  const ScopedVariable file("GITHUB_STEP_SUMMARY", summary.string()), actions("GITHUB_ACTIONS", "true");
  const std::string text = printed(gate_of_every_outcome(), gate_outputs_of_environment());
  EXPECT_EQ(contents_of(summary), "before\n" + gate_markdown(gate_of_every_outcome()) + "\n");
  EXPECT_THAT(text, HasSubstr("\n::error title="));
}

TEST(WriteGateOutputs, ElsewhereDoesNeither) {
  const ScopedVariable file("GITHUB_STEP_SUMMARY", ""), actions("GITHUB_ACTIONS", "false");
  EXPECT_FALSE(gate_outputs_of_environment().step_summary);
  EXPECT_FALSE(gate_outputs_of_environment().annotations);
}

TEST(WriteGateOutputs, AFileThatCannotBeWrittenIsNamedAndDoesNotStopTheOthers) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "";
  GateOutputPaths paths;
  paths.junit = folder.path() / "file/junit.xml";
  paths.markdown = folder.path() / "gate.md";
  try {
    printed(passed_gate(), paths);
    FAIL() << "did not throw";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("file/junit.xml"));
  }
  EXPECT_TRUE(fs::exists(*paths.markdown));
}

results::GateReport gate_with_doubts(const std::vector<results::GateDoubt>& doubts) {
  results::GateReport report = passed_gate();
  for (const results::GateDoubt doubt : doubts) {
    results::GateCell& cell = report.cells.emplace_back(report.cells.front());
    cell.outcome = results::GateOutcome::inconclusive;
    cell.doubt = doubt;
  }
  return report;
}

TEST(GateVerdict, SaysWhyItIsInconclusive) {
  using results::GateDoubt;
  EXPECT_EQ(
      verdict_of_gate(gate_with_doubts({GateDoubt::samples})),
      "inconclusive: 1 of 2 comparisons is undecided: samples too few or too noisy to tell whether worse by "
      "5 %.");
  EXPECT_EQ(
      verdict_of_gate(gate_with_doubts({GateDoubt::yardstick, GateDoubt::yardstick})),
      "inconclusive: 2 of 3 comparisons are undecided: the yardstick itself changed by more than 5 %, so "
      "that nothing passes.");
  EXPECT_THAT(verdict_of_gate(gate_with_doubts({GateDoubt::figures, GateDoubt::samples})),
              testing::AllOf(HasSubstr("too noisy to tell whether worse by 5 %; figures are missing"),
                             Not(HasSubstr("yardstick"))));
}

results::GateReport gate_of_every_outcome_and_doubt() {
  results::GateReport report = gate_of_every_outcome();
  const auto doubtful = gate_with_doubts({results::GateDoubt::yardstick, results::GateDoubt::figures});
  report.cells.insert(report.cells.end(), doubtful.cells.begin() + 1, doubtful.cells.end());
  return report;
}

// That it conforms to its schema is checked where the committed files are (tests/end_to_end).
TEST(GateJson, IsTheCommittedOne) {
  expect_golden("gate.json", gate_json(gate_of_every_outcome_and_doubt()).dump(1) + "\n");
}

TEST(GateJson, KeepsHostileNamesAsTheyAre) {
  EXPECT_EQ(gate_json(hostile_gate())["cells"].at(0)["subject"], hostile_name);
}

}  // namespace
}  // namespace threadmill::plots
