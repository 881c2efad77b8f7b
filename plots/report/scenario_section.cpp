#include "plots/report/scenario_section.h"

#include <fmt/format.h>

#include "plots/report/against_section.h"
#include "plots/report/continuity_table.h"
#include "plots/report/cost_table.h"
#include "plots/report/instrument_table.h"
#include "plots/report/published.h"
#include "plots/report/rank_table.h"
#include "plots/report/request_table.h"
#include "plots/report/scenario_notes.h"
#include "plots/report/speed_table.h"
#include "plots/study/study_section.h"
#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "plots/words/load_words.h"

namespace threadmill::plots {
namespace {

using results::ScenarioComparison;

std::string instrument_section(const ScenarioComparison& scenario) {
  const Table table = instrument_table(scenario);
  if (table.header.size() < 2) return {};
  return "What the generator tells of itself:\n\n" + markdown_table(table) + "\n";
}

std::string request_section(const ScenarioComparison& scenario) {
  const Table table = request_table(scenario);
  if (table.header.size() < 2) return {};
  return "What a request costs the server:\n\n" + markdown_table(table) + "\n";
}

std::string continuity_section(const ScenarioComparison& scenario) {
  const Table table = continuity_table(scenario);
  if (table.rows.empty()) return {};
  return "What became of messages, and of the service:\n\n" + markdown_table(table) + "\n";
}

std::string rank_section(const ScenarioComparison& scenario) {
  const Table table = rank_table(scenario);
  if (table.rows.empty()) return {};
  return "What each process of the generator did; shares are the most of any trial:\n\n" +
         markdown_table(table) + "\n";
}

}  // namespace

std::string scenario_section(const results::Comparison& comparison, const ScenarioComparison& scenario) {
  std::string text = fmt::format("## {}\n\n", markdown(scenario.title));
  if (!scenario.question.empty()) text += markdown(scenario.question, 400) + "\n\n";
  text += fmt::format("`{}`: {}\n\n", markdown_code(scenario.name), load_in_words(scenario));
  if (scenario.rows.empty()) return text + "No trials.\n\n";
  text += markdown_table(speed_table(scenario)) + "\n" + markdown_table(cost_table(scenario)) + "\n";
  text += continuity_section(scenario) + request_section(scenario) + instrument_section(scenario) +
          rank_section(scenario) + scenario_notes(scenario) + against_section(comparison, scenario);
  if (scenario.published && !is_in_a_study(comparison, scenario.name)) text += published_section(scenario);
  return text;
}

}  // namespace threadmill::plots
