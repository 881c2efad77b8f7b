#include "plots/study/study_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/report/published.h"
#include "plots/study/study_words.h"
#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

using results::Comparison;
using results::ScenarioComparison;
using results::Study;
using results::StudyJudgement;

bool names_scenario(const Study& study, const std::string& scenario) {
  return std::find(study.scenarios.begin(), study.scenarios.end(), scenario) != study.scenarios.end();
}

std::string study_heading(const Comparison& comparison, const StudyJudgement& judgement) {
  const std::string run =
      comparison.runs.size() > 1 ? " (" + markdown(comparison.runs[judgement.run].label) + ")" : "";
  return fmt::format("## Study: {}{}\n\n", markdown(judgement.study.title, 120), run);
}

std::string source_paragraph(const Study& study) {
  return fmt::format("Source: {}; {}. Its machine: {}.\n\n", markdown(study.source.id),
                     markdown(study.source.measured, 400), markdown(study.source.machine, 200));
}

std::string notes_list(const StudyJudgement& judgement) {
  std::string text;
  for (const std::string& note : judgement.study.notes) text += "- " + markdown(note, 600) + "\n";
  const std::string absent = absent_peers_sentence(judgement);
  if (!absent.empty()) text += "- " + markdown(absent, 600) + "\n";
  return text.empty() ? text : text + "\n";
}

std::string claims_list(const StudyJudgement& judgement) {
  std::string text = "### What is claimed, and what was found\n\n";
  for (const results::ClaimJudgement& claim : judgement.claims) {
    text += fmt::format("- **{}**: {}\n  - {}.\n", results::claim_outcome_name(claim.outcome),
                        markdown(claim.claim.text, 400), markdown(evidence_sentence(claim), 1500));
  }
  if (judgement.claims.empty()) text += "No claims.\n";
  return text + "\n" + tally_sentence(judgement) + " " + deciding_paragraph(judgement) +
         " Implementations, languages and machines differ from the source's: what is confirmed or refuted is "
         "the claim, on this machine.\n\n";
}

std::string published_tables(const Comparison& comparison, const Study& study) {
  std::string text;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    if (!scenario.published || !names_scenario(study, scenario.name)) continue;
    const Table table = published_table(scenario, Unmeasured::shown);
    if (!table.rows.empty())
      text += "**" + markdown(scenario.title, 120) + "**\n\n" + markdown_table(table) + "\n";
  }
  if (text.empty()) return text;
  return "### Published figures beside ours\n\nOurs: this machine, this implementation. The two differ in "
         "both, so compare the order of the servers and how figures grow, not the figures.\n\n" +
         text;
}

}  // namespace

std::string study_section(const Comparison& comparison, const StudyJudgement& judgement) {
  const std::string& question = judgement.study.question;
  return study_heading(comparison, judgement) + (question.empty() ? "" : markdown(question, 400) + "\n\n") +
         source_paragraph(judgement.study) + notes_list(judgement) + claims_list(judgement) +
         published_tables(comparison, judgement.study);
}

std::string study_sections(const Comparison& comparison) {
  std::string text;
  for (const StudyJudgement& judgement : results::judge_studies(comparison))
    text += study_section(comparison, judgement);
  return text;
}

bool is_in_a_study(const Comparison& comparison, const std::string& scenario) {
  return std::any_of(comparison.runs.begin(), comparison.runs.end(), [&](const results::Run& run) {
    return run.study && names_scenario(*run.study, scenario);
  });
}

}  // namespace threadmill::plots
