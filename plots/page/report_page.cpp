#include "plots/page/report_page.h"

#include <fmt/format.h>

#include <iterator>
#include <set>

#include "plots/difference/change_section.h"
#include "plots/page/html.h"
#include "plots/page/markdown_html.h"
#include "plots/page/study_cards.h"
#include "plots/page/subjects.h"
#include "plots/page/summary.h"
#include "plots/report/behaviour_section.h"
#include "plots/report/cost_model_section.h"
#include "plots/report/failed_trials.h"
#include "plots/report/how_to_read.h"
#include "plots/report/quietness_section.h"
#include "plots/report/runs_section.h"
#include "plots/report/scenario_section.h"
#include "plots/report/sweep_section.h"
#include "plots/study/study_section.h"
#include "plots/study/study_words.h"
#include "plots/text/text.h"
#include "plots/words/words.h"

namespace threadmill::plots {
namespace {

using results::Comparison;

PageSection cells_section(const Comparison& comparison) {
  const std::string matrix = cell_matrix(comparison);
  if (matrix.empty()) return {};
  const std::string title = "The verdict on each cell";
  return {"cells", title,
          "<section id=\"cells\">\n<h2>" + title +
              "</h2>\n<p class=\"small\">Beside each figure, what it is a figure of: of the server "
              "(server-bound), of the load generator (≥: the server can do at least that), or of neither. An "
              "invalid cell is to be compared with nothing.</p>\n" +
              matrix + "</section>\n"};
}

std::vector<PageSection> study_parts(const Comparison& comparison,
                                     const std::vector<results::StudyJudgement>& studies) {
  std::vector<PageSection> sections;
  for (std::size_t i = 0; i < studies.size(); ++i) {
    sections.push_back(section_of_markdown(fmt::format("study-{}", i), study_title(studies[i]),
                                           study_section(comparison, studies[i])));
  }
  return sections;
}

std::string scenario_attribute(const std::string& name) {
  return fmt::format("data-scenario=\"{}\"", html(name));
}

std::vector<PageSection> report_sections(const Comparison& comparison,
                                         const std::vector<results::ChangeTable>& changes) {
  std::vector<PageSection> sections{
      section_of_markdown("changes", "Run against run", change_section(changes))};
  for (std::size_t i = 0; i < comparison.scenarios.size(); ++i) {
    const auto& scenario = comparison.scenarios[i];
    sections.push_back(section_of_markdown(fmt::format("scenario-{}", i), scenario.title,
                                           scenario_section(comparison, scenario),
                                           scenario_attribute(scenario.name)));
  }
  for (std::size_t i = 0; i < comparison.sweeps.size(); ++i) {
    const auto& sweep = comparison.sweeps[i];
    sections.push_back(section_of_markdown(fmt::format("sweep-{}", i), "Capacity: " + sweep.of,
                                           sweep_section(sweep), scenario_attribute(sweep.of)));
  }
  const PageSection last[] = {
      section_of_markdown("cost-model", "Cost model", cost_model_section(comparison)),
      section_of_markdown("not-counted", "Trials that do not count", failed_trials_section(comparison)),
      section_of_markdown("quietness", "How quiet the machine was", quietness_section(comparison)),
      section_of_markdown("columns", "How to read the columns", how_to_read(comparison)),
      section_of_markdown("terms", "Terms and machine", runs_section(comparison))};
  sections.insert(sections.end(), std::begin(last), std::end(last));
  return sections;
}

PageChoices choices_of_scenarios(const Comparison& comparison) {
  PageChoices choices{"scenario", "Scenarios", false, {}};
  std::set<std::string> seen;
  const auto add = [&](const std::string& name, const std::string& label) {
    if (seen.insert(plain(name)).second) choices.all.push_back({plain(name), plain(label)});
  };
  for (const auto& scenario : comparison.scenarios) add(scenario.name, scenario.title);
  for (const auto& sweep : comparison.sweeps) add(sweep.of, "Capacity: " + sweep.of);
  return choices;
}

PageChoices choices_of_servers(const Comparison& comparison) {
  PageChoices choices{"server", "Servers", true, {}};
  for (const PageSubject& subject : subjects_of(comparison))
    choices.all.push_back({plain(subject.name), plain(subject.label)});
  return choices;
}

}  // namespace

Page report_page(const Comparison& comparison, const std::vector<results::ChangeTable>& changes) {
  Page page;
  page.title = report_title(comparison);
  page.opening = html_of_markdown(what_was_run(comparison));
  page.choices = {choices_of_scenarios(comparison), choices_of_servers(comparison)};
  const auto studies = results::judge_studies(comparison);
  page.in_short = study_cards(studies) + verdict_cards(comparison) + summary_notes(comparison);
  page.before_charts = study_parts(comparison, studies);
  page.before_charts.push_back(section_of_markdown("behaviour", "Behaviour", behaviour_section(comparison)));
  page.before_charts.push_back(cells_section(comparison));
  page.after_charts = report_sections(comparison, changes);
  return page;
}

}  // namespace threadmill::plots
