#include "plots/page/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/page/html.h"
#include "plots/page/subjects.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/sweep_words.h"
#include "plots/words/words.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using results::Comparison;
using results::Row;
using results::ScenarioComparison;
using results::Verdict;

/// A verdict in a few words, with a sign of its own, so that colour is not all that tells them apart.
struct Badge {
  std::string_view kind;  ///< class in page.css
  std::string_view sign;
  std::string words;
};

Badge badge_of(const Verdict& verdict) {
  switch (verdict.kind) {
    case Verdict::Kind::winner:
      return {"wins", "★", plain(verdict.leader) + " wins"};
    case Verdict::Kind::too_close:
      return {"open", "≈", "too close to call"};
    case Verdict::Kind::held_back:
      return {"open", "?", "cannot be told"};
    case Verdict::Kind::too_few_repeats:
      return {"open", "?", "too few repeats"};
    case Verdict::Kind::nothing_to_compare:
      break;
  }
  return {"none", "–", "nothing to compare"};
}

std::string badge_html(const Badge& badge) {
  return fmt::format("<p class=\"badge {}\"><span aria-hidden=\"true\">{}</span> {}</p>\n", badge.kind,
                     badge.sign, html(badge.words, 100));
}

/// A bar for each subject that has a place, by its share of the leader's figure: the first is the longest.
std::string ranking_html(const ScenarioComparison& scenario, const Verdict& verdict) {
  if (verdict.ranking.size() < 2) return {};
  const double longest = verdict.ranking.front().share;
  std::string items;
  for (const results::Place& place : verdict.ranking) {
    const Row* row = results::find_row(scenario, verdict.run, place.subject);
    const std::string name =
        html(row != nullptr ? short_label(row->label, row->ceiling) : plain(place.subject, 30), 60);
    items += fmt::format(
        "<li data-server=\"{0}\"><span class=\"who\">{0}</span><span class=\"bar\" data-swatch=\"{0}\"><i "
        "style=\"width:{1:.1f}%\"></i></span><span class=\"figure\">{2}</span></li>\n",
        name, longest > 0 ? 100 * place.share / longest : 0, share_of_leader_text(verdict, place));
  }
  return fmt::format(
      "<p class=\"small\">Repeat by repeat, as shares of {}:</p>\n<ol class=\"ranking\">\n{}</ol>\n",
      html(verdict.leader), items);
}

std::string verdict_html(const Comparison& comparison, const ScenarioComparison& scenario,
                         const Verdict& verdict) {
  std::string text = badge_html(badge_of(verdict));
  std::string sentence = verdict_sentence(scenario, verdict) + ".";
  const std::string left_out = left_out_sentence(verdict);
  if (!left_out.empty()) sentence += " " + left_out;
  if (comparison.runs.size() > 1) sentence = plain(comparison.runs[verdict.run].label) + ": " + sentence;
  return text + fmt::format("<p>{}</p>\n", html(sentence, 1500)) + ranking_html(scenario, verdict);
}

std::string scenario_card(const Comparison& comparison, const ScenarioComparison& scenario,
                          std::size_t place) {
  std::string text =
      fmt::format("<article class=\"card\" data-scenario=\"{}\">\n<h3><a href=\"#scenario-{}\">{}</a></h3>\n",
                  html(scenario.name), place, html(scenario.title));
  for (const Verdict& verdict : scenario.verdicts) text += verdict_html(comparison, scenario, verdict);
  if (scenario.verdicts.empty()) {
    text += badge_html({"none", "–", scenario.rows.empty() ? "no trials" : "the rate is set"});
    text += fmt::format("<p>{}.</p>\n", html(no_verdict_sentence(scenario), 200));
  }
  return text + "</article>\n";
}

std::string sweep_card(const results::Sweep& sweep, std::size_t place) {
  return fmt::format(
      "<article class=\"card\" data-scenario=\"{}\">\n<h3><a "
      "href=\"#sweep-{}\">{}</a></h3>\n<p>{}.</p>\n</article>\n",
      html(sweep.of), place, html(sweep_title(sweep), 200), html(capacities_sentence(sweep), 1500));
}

/// "★ wins" beside the winner's figure, "≈ too close" beside those that nobody can tell apart.
std::string mark_html(const ScenarioComparison& scenario, const Row& row) {
  for (const Verdict& verdict : scenario.verdicts) {
    if (verdict.run != row.run) continue;
    const bool leads = verdict.leader == row.subject;
    if (verdict.kind == Verdict::Kind::winner && leads) return "<span class=\"mark wins\">★ wins</span>";
    const auto& rivals = verdict.not_beaten;
    const bool is_rival = std::find(rivals.begin(), rivals.end(), row.subject) != rivals.end();
    if (verdict.kind == Verdict::Kind::too_close && (leads || is_rival))
      return "<span class=\"mark open\">≈ too close</span>";
  }
  return {};
}

/// What a scenario is about: its main metric or, where a schedule sets that, what its users wait for.
std::string main_figure(const ScenarioComparison& scenario, const Row& row) {
  return scenario.paced ? percentile_cell(row, scenario.main_latency, &results::Percentiles::p99_ns)
                        : median_cell(row, scenario.main_metric, number);
}

std::string main_figure_name(const ScenarioComparison& scenario) {
  if (!scenario.paced) return main_unit(scenario);
  return fmt::format("p99 of {}", results::latencies()[static_cast<std::size_t>(scenario.main_latency)].name);
}

std::string cell_html(const ScenarioComparison& scenario, const Row& row) {
  const auto verdict = results::judge_cell(row);
  const std::string_view state = results::cell_state_name(verdict.state);
  return fmt::format("<span class=\"figure\">{}</span>{}<span class=\"state {}\" title=\"{}\">{}</span>",
                     html(main_figure(scenario, row)), mark_html(scenario, row), state,
                     html(verdict.reason, 300), state);
}

std::string matrix_row(const ScenarioComparison& scenario, std::size_t place,
                       const std::vector<PageSubject>& subjects) {
  std::string text = fmt::format(
      "<tr data-scenario=\"{}\"><th scope=\"row\"><a href=\"#scenario-{}\">{}</a><span "
      "class=\"unit\">{}</span></th>",
      html(scenario.name), place, html(scenario.title), html(main_figure_name(scenario)));
  for (const PageSubject& subject : subjects) {
    std::string cell;
    for (const Row& row : scenario.rows) {
      if (short_label(row.label, row.ceiling) == subject.name) cell = cell_html(scenario, row);
    }
    text += fmt::format("<td data-server=\"{}\">{}</td>", html(subject.name), cell);
  }
  return text + "</tr>\n";
}

}  // namespace

std::string verdict_cards(const Comparison& comparison) {
  std::string text = "<div class=\"cards\">\n";
  for (std::size_t i = 0; i < comparison.scenarios.size(); ++i)
    text += scenario_card(comparison, comparison.scenarios[i], i);
  for (std::size_t i = 0; i < comparison.sweeps.size(); ++i) text += sweep_card(comparison.sweeps[i], i);
  return text + "</div>\n";
}

std::string summary_notes(const Comparison& comparison) {
  std::string text;
  const std::string instrument = instrument_sentence(comparison);
  if (!instrument.empty()) text += fmt::format("<p class=\"warning\">{}</p>\n", html(instrument, 600));
  const std::string disturbed = disturbed_sentence(comparison);
  text += fmt::format("<p>{}{}</p>\n", html(integrity_sentence(comparison), 1000),
                      disturbed.empty() ? "" : " " + html(disturbed, 200));
  if (!comparison.scenarios.empty())
    text += fmt::format("<p class=\"small\">{}</p>\n", html(what_winning_means(), 1000));
  return text;
}

std::string cell_matrix(const Comparison& comparison) {
  if (comparison.scenarios.empty()) return {};
  const std::vector<PageSubject> subjects = subjects_of(comparison);
  std::string text =
      "<div class=\"scroll\" role=\"group\" aria-label=\"Table: the verdict on each cell\" "
      "tabindex=\"0\">\n<table "
      "class=\"matrix\">\n<thead><tr><th scope=\"col\">Scenario</th>";
  for (const PageSubject& subject : subjects) {
    text += fmt::format(
        "<th scope=\"col\" data-server=\"{0}\"><span class=\"swatch\" data-swatch=\"{0}\"></span>{1}</th>",
        html(subject.name), html(subject.label));
  }
  text += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < comparison.scenarios.size(); ++i)
    text += matrix_row(comparison.scenarios[i], i, subjects);
  return text + "</tbody>\n</table>\n</div>\n";
}

}  // namespace threadmill::plots
