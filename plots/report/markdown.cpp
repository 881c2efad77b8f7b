#include "plots/report/markdown.h"

#include <fmt/format.h>

#include "plots/difference/change_section.h"
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
#include "plots/words/sweep_words.h"
#include "plots/words/words.h"

namespace threadmill::plots {
namespace {

using results::Comparison;
using results::ScenarioComparison;

std::string summary(const Comparison& comparison) {
  std::string text = "## In short\n\n";
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    for (const results::Verdict& verdict : scenario.verdicts) {
      const std::string run = comparison.runs.size() > 1
                                  ? fmt::format(" ({})", markdown(comparison.runs[verdict.run].label))
                                  : "";
      std::string line = verdict_sentence(scenario, verdict) + ".";
      for (const std::string& more : {ranking_sentence(verdict), left_out_sentence(verdict)})
        line += more.empty() ? "" : " " + more;
      text += fmt::format("- **{}**{}: {}\n", markdown(scenario.title), run, markdown(line, 1500));
    }
    if (scenario.verdicts.empty())
      text += fmt::format("- **{}**: {}.\n", markdown(scenario.title), no_verdict_sentence(scenario));
  }
  for (const results::Sweep& sweep : comparison.sweeps) {
    text += fmt::format("- **{}**: {}.\n", markdown(sweep_title(sweep), 200),
                        markdown(capacities_sentence(sweep), 1500));
  }
  for (const results::StudyJudgement& study : results::judge_studies(comparison))
    text += fmt::format("- **{}**: {}\n", markdown(study_title(study), 200), tally_sentence(study));
  const std::string disturbed = disturbed_sentence(comparison);
  const std::string instrument = instrument_sentence(comparison);
  if (!instrument.empty()) text += "\n**" + markdown(instrument, 600) + "**\n";
  text += "\n" + markdown(integrity_sentence(comparison), 1000) + (disturbed.empty() ? "" : " " + disturbed) +
          "\n\n";
  return comparison.scenarios.empty() ? text : text + what_winning_means() + "\n\n";
}

std::string chart_links(const std::vector<ChartLink>& charts, const std::string& note) {
  std::string text;
  for (const ChartLink& chart : charts)
    text += fmt::format("![{}]({})\n\n", markdown(chart.title, 200), chart.file);
  if (!note.empty()) text += "_" + markdown(note, 400) + "_\n\n";
  return text.empty() ? text : "## Charts\n\n" + text;
}

}  // namespace

std::string markdown_report(const Comparison& comparison, const std::vector<ChartLink>& charts,
                            const std::string& chart_note, const std::vector<results::ChangeTable>& changes) {
  std::string text = fmt::format("# {}\n\n", markdown(report_title(comparison), 200));
  text += what_was_run(comparison) + summary(comparison) + study_sections(comparison) +
          behaviour_section(comparison) + chart_links(charts, chart_note) + change_section(changes);
  for (const ScenarioComparison& scenario : comparison.scenarios)
    text += scenario_section(comparison, scenario);
  for (const results::Sweep& sweep : comparison.sweeps) text += sweep_section(sweep);
  text += cost_model_section(comparison) + failed_trials_section(comparison) + quietness_section(comparison);
  return text + how_to_read(comparison) + runs_section(comparison);
}

}  // namespace threadmill::plots
