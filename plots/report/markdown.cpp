#include "plots/report/markdown.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plots/report/cost_table.h"
#include "plots/report/how_to_read.h"
#include "plots/report/instrument_table.h"
#include "plots/words/load_words.h"
#include "plots/text/markdown_syntax.h"
#include "plots/report/published.h"
#include "plots/report/quietness_section.h"
#include "plots/report/request_table.h"
#include "plots/report/scenario_notes.h"
#include "plots/report/speed_table.h"
#include "plots/report/sweep_section.h"
#include "plots/study/study_section.h"
#include "plots/words/sweep_words.h"
#include "plots/text/text.h"
#include "plots/words/words.h"

namespace threadmill::plots {
namespace {

using results::Comparison;
using results::Run;
using results::ScenarioComparison;

std::string title(const Comparison& comparison) {
  std::string what = "Threadmill: ";
  if (comparison.scenarios.size() == 1)
    return "# " + what + markdown(comparison.scenarios.front().title) + "\n\n";
  if (comparison.scenarios.empty() && comparison.sweeps.size() == 1) {
    return fmt::format("# {}the capacity of servers in {}\n\n", what, markdown(comparison.sweeps.front().of));
  }
  return fmt::format("# {}servers compared in {}\n\n", what,
                     counted(comparison.scenarios.size(), "scenario"));
}

/// "4 repeats of each", "3 searches of each", "10 blocks".
std::string how_often(const Run& run) {
  if (run.blocks > 0) return counted(run.blocks, "block");
  return counted(static_cast<std::size_t>(std::max<std::int64_t>(run.repeats, 0)),
                 run.kind == "sweep" ? "search" : "repeat") +
         " of each";
}

std::string what_was_run(const Comparison& comparison) {
  std::string text;
  for (const Run& run : comparison.runs) {
    text += fmt::format("- `{}`: started {} by `threadmill {}`, {}, {}, seed {}; threadmill {}; {}.\n",
                        markdown_code(run.file), markdown(run.created), markdown_code(run.kind),
                        counted(run.trials, "trial"), how_often(run), run.seed, markdown(run.version, 100),
                        run.complete ? "complete" : "**not complete**: what was measured is shown");
    for (const std::string& warning : run.warnings) text += "  - Warning: " + markdown(warning, 300) + "\n";
  }
  return text + "\n";
}

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
    if (scenario.verdicts.empty()) {
      text += fmt::format("- **{}**: {}\n", markdown(scenario.title),
                          scenario.rows.empty()
                              ? "no trials."
                              : "the rate is set, so nobody wins by it; compare latency and CPU time below.");
    }
  }
  for (const results::Sweep& sweep : comparison.sweeps) {
    text += fmt::format("- **{}**: {}.\n", markdown(sweep_title(sweep), 200),
                        markdown(capacities_sentence(sweep), 1500));
  }
  const std::string disturbed = disturbed_sentence(comparison);
  const std::string instrument = instrument_sentence(comparison);
  if (!instrument.empty()) text += "\n**" + markdown(instrument, 600) + "**\n";
  text += "\n" + markdown(integrity_sentence(comparison), 1000) + (disturbed.empty() ? "" : " " + disturbed) +
          "\n\n";
  if (comparison.scenarios.empty()) return text;
  return text +
         "Figures are medians over the valid repeats. A server wins only when it is ahead in every "
         "repeat; otherwise "
         "it is too close to call, or cannot be told where the load generator held a rival back. Two equally "
         "fast servers would look like that by chance once in 4 times "
         "with 3 "
         "repeats, 8 with 4, 16 with 5. A ceiling does not compete.\n\n";
}

std::string chart_links(const std::vector<ChartLink>& charts, const std::string& note) {
  std::string text;
  for (const ChartLink& chart : charts)
    text += fmt::format("![{}]({})\n\n", markdown(chart.title, 200), chart.file);
  if (!note.empty()) text += "_" + markdown(note, 400) + "_\n\n";
  return text.empty() ? text : "## Charts\n\n" + text;
}

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

std::string scenario_section(const ScenarioComparison& scenario) {
  std::string text = fmt::format("## {}\n\n", markdown(scenario.title));
  if (!scenario.question.empty()) text += markdown(scenario.question, 400) + "\n\n";
  text += fmt::format("`{}`: {}\n\n", markdown_code(scenario.name), load_in_words(scenario));
  if (scenario.rows.empty()) return text + "No trials.\n\n";
  text += markdown_table(speed_table(scenario)) + "\n" + markdown_table(cost_table(scenario)) + "\n";
  return text + request_section(scenario) + instrument_section(scenario) + scenario_notes(scenario);
}

std::string failed_trials(const Comparison& comparison) {
  std::string text;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    for (const results::Row& row : scenario.rows) {
      for (const results::Trial& trial : row.trials) {
        if (trial.valid()) continue;
        text += fmt::format("- {}, {}, repeat {}: {}\n", markdown(scenario.name), markdown(row.label),
                            trial.repeat + 1, markdown(trial.problem, 300));
      }
    }
  }
  for (const results::Sweep& sweep : comparison.sweeps) {
    for (const results::SweepRow& row : sweep.rows) {
      for (const results::Probe& probe : row.probes) {
        if (probe.verdict.outcome) continue;
        text += fmt::format("- {}, {}: {}\n", markdown(probe.scenario), markdown(row.label),
                            markdown(probe.verdict.reason, 300));
      }
    }
  }
  if (text.empty() && !comparison.sweeps.empty()) {
    return "## Trials that do not count\n\nNone. Errors of a sweep's probes are held against its service "
           "level.\n\n";
  }
  return "## Trials that do not count\n\n" +
         (text.empty()
              ? "None: every trial ran to its end with no error and no message corrupt, lost, repeated, "
                "reordered or misdelivered.\n\n"
              : "Shown here and left out of every figure above.\n\n" + text + "\n");
}

std::string facts(const std::string& heading, const std::vector<results::Fact>& facts) {
  Table table;
  table.add_column("What", facts, [](const auto& fact) { return markdown(fact.name); });
  table.add_column("Value", facts, [](const auto& fact) { return markdown(fact.value, 1000); });
  return "### " + heading + "\n\n" + markdown_table(table, Align::left) + "\n";
}

std::string about_runs(const Comparison& comparison) {
  std::string text;
  for (const Run& run : comparison.runs) {
    const std::string name = comparison.runs.size() > 1 ? " of " + markdown(run.label) : "";
    text += facts("Fairness contract" + name, run.fairness);
    text += facts("Environment" + name, run.environment);
    text += "### To repeat this run" + name + "\n\n" + markdown_code_block(repeat_command(run)) + "\n";
  }
  return "## Terms and machine\n\n" + text;
}

}  // namespace

std::string markdown_report(const Comparison& comparison, const std::vector<ChartLink>& charts,
                            const std::string& chart_note) {
  std::string text = title(comparison) + what_was_run(comparison) + summary(comparison);
  text += study_section(comparison);
  text += chart_links(charts, chart_note);
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    text += scenario_section(scenario);
    if (scenario.published && !scenario.rows.empty() && !is_in_a_study(comparison, scenario.name))
      text += published_section(scenario);
  }
  for (const results::Sweep& sweep : comparison.sweeps) text += sweep_section(sweep);
  text += failed_trials(comparison) + quietness_section(comparison);
  return text + how_to_read(comparison) + about_runs(comparison);
}

}  // namespace threadmill::plots
