#include "plots/history/history_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/history/history_markdown.h"
#include "plots/history/history_words.h"
#include "plots/page/html.h"
#include "plots/page/markdown_html.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

using results::History;
using results::HistoryChange;
using results::HistoryScenario;
using results::HistorySeries;

/// A sign of its own, so that colour is not all that tells them apart.
std::string_view change_badge(Judged judged) {
  switch (judged) {
    case Judged::better:
      return "<span class=\"badge wins\"><span aria-hidden=\"true\">★</span> got better</span>";
    case Judged::worse:
      return "<span class=\"badge worse\"><span aria-hidden=\"true\">▼</span> got worse</span>";
    case Judged::neither:
      break;
  }
  return "<span class=\"badge open\"><span aria-hidden=\"true\">≠</span> changed</span>";
}

std::string change_item(const History& history, const HistorySeries& series, const HistoryChange& change) {
  const std::string sentence =
      fmt::format("{} {}, with {}; p = {:.2g}{}.", figure_words(series.figure),
                  change.held_back ? change_words(series, change) : movement_words(series, change),
                  run_words(history, series.points[change.at].run), change.p_value, ceiling_words(change));
  return fmt::format(
      "<li data-server=\"{0}\" data-metric=\"{1}\" data-machine=\"{2}\">{3} <span class=\"swatch\" "
      "data-swatch=\"{0}\"></span><b>{0}</b>: {4}</li>\n",
      html(series_label(series)), html(figure_words(series.figure)), html(machine_label(series.machine), 100),
      change_badge(judged(series, change)), html(sentence, 1000));
}

std::string history_card(const History& history, std::size_t place) {
  const HistoryScenario& scenario = history.scenarios[place];
  std::string items;
  for (const HistorySeries& series : scenario.series) {
    for (const HistoryChange& change : series.changes) items += change_item(history, series, change);
  }
  const std::string changes = items.empty()
                                  ? "<p class=\"badge none\"><span aria-hidden=\"true\">–</span> no "
                                    "change was found</p>\n"
                                  : "<ul class=\"changes\">\n" + items + "</ul>\n";
  return fmt::format(
      "<article class=\"card\" data-scenario=\"{0}\">\n<h3><a href=\"#{0}\">{1}</a></h3>\n{2}</article>\n",
      scenario_key(place), html(history_title(history, scenario), 100), changes);
}

std::string history_in_short(const History& history, const std::vector<std::string>& skipped) {
  std::string cards;
  for (std::size_t place = 0; place < history.scenarios.size(); ++place)
    cards += history_card(history, place);
  std::string text =
      fmt::format("<div class=\"cards\">\n{}</div>\n<p>{}</p>\n", cards, html(effort_words(history), 1000));
  if (!skipped.empty()) {
    text += fmt::format(
        "<p class=\"warning\"><a href=\"#skipped\">{}</a> could not be read and {} left out.</p>\n",
        counted(skipped.size(), "file"), skipped.size() == 1 ? "is" : "are");
  }
  return text;
}

/// One more, unless it is there.
void add_choice(PageChoices& choices, const std::string& value) {
  const auto same = [&](const PageChoice& choice) { return choice.value == value; };
  if (std::none_of(choices.all.begin(), choices.all.end(), same)) choices.all.push_back({value, value});
}

std::vector<PageChoices> history_choices(const History& history) {
  PageChoices scenarios{"scenario", "Scenarios", false, {}}, servers{"server", "Servers", true, {}},
      figures{"metric", "Figures", false, {}}, machines{"machine", "Machines", false, {}};
  for (std::size_t place = 0; place < history.scenarios.size(); ++place) {
    const HistoryScenario& scenario = history.scenarios[place];
    scenarios.all.push_back({scenario_key(place), plain(history_title(history, scenario), 100)});
    for (const HistorySeries& series : scenario.series) {
      add_choice(servers, series_label(series));
      add_choice(figures, figure_words(series.figure));
      add_choice(machines, machine_label(series.machine));
    }
  }
  if (machines.all.size() < 2) machines.all.clear();
  return {scenarios, servers, figures, machines};
}

}  // namespace

Page history_page(const History& history, const std::vector<std::string>& skipped) {
  Page page;
  page.title = history_heading(history);
  page.opening = html_of_markdown(history_span(history));
  page.choices = history_choices(history);
  page.in_short = history_in_short(history, skipped);
  for (std::size_t place = 0; place < history.scenarios.size(); ++place) {
    const HistoryScenario& scenario = history.scenarios[place];
    const std::string key = scenario_key(place);
    page.after_charts.push_back(section_of_markdown(key, history_title(history, scenario),
                                                    history_section(history, scenario),
                                                    fmt::format("data-scenario=\"{}\"", key)));
  }
  page.after_charts.push_back(section_of_markdown("runs", "Runs", history_runs_section(history)));
  page.after_charts.push_back(
      section_of_markdown("skipped", "Files that are not in it", skipped_section(skipped)));
  page.after_charts.push_back(
      section_of_markdown("method", "How changes are found", history_method_section()));
  return page;
}

}  // namespace threadmill::plots
