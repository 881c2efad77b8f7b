#include "plots/page/page.h"

#include <fmt/format.h>

#include <set>

#include "plots/charts/charts.h"
#include "plots/page/html.h"
#include "plots/page/markdown_html.h"
#include "plots/page/packed_data.h"
#include "plots/page/subjects.h"
#include "plots/page/summary.h"
#include "plots/page/template_files.h"
#include "plots/report/failed_trials.h"
#include "plots/report/how_to_read.h"
#include "plots/report/quietness_section.h"
#include "plots/report/runs_section.h"
#include "plots/report/scenario_section.h"
#include "plots/report/sweep_section.h"
#include "plots/study/study_section.h"
#include "plots/text/text.h"
#include "plots/text/write_file.h"
#include "plots/words/sweep_words.h"
#include "plots/words/words.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Comparison;

/// A section of the Markdown report, in an element of its own. `attributes` are of that element.
std::string section_html(const std::string& attributes, const std::string& markdown_section) {
  if (markdown_section.empty()) return {};
  return fmt::format("<section {}>\n{}</section>\n", attributes, html_of_markdown(markdown_section));
}

std::string scenario_sections(const Comparison& comparison) {
  std::string text;
  for (std::size_t i = 0; i < comparison.scenarios.size(); ++i) {
    const auto& scenario = comparison.scenarios[i];
    text += section_html(fmt::format("id=\"scenario-{}\" data-scenario=\"{}\"", i, html(scenario.name)),
                         scenario_section(comparison, scenario));
  }
  for (std::size_t i = 0; i < comparison.sweeps.size(); ++i) {
    const auto& sweep = comparison.sweeps[i];
    text += section_html(fmt::format("id=\"sweep-{}\" data-scenario=\"{}\"", i, html(sweep.of)),
                         sweep_section(sweep));
  }
  return text;
}

std::string matrix_section(const Comparison& comparison) {
  const std::string matrix = cell_matrix(comparison);
  if (matrix.empty()) return {};
  return "<section id=\"cells\">\n<h2>The verdict on each cell</h2>\n"
         "<p class=\"small\">Beside each figure, what it is a figure of: of the server (server-bound), of "
         "the load generator "
         "(≥: the server can do at least that), or of neither. An invalid cell is to be compared with "
         "nothing.</p>\n" +
         matrix + "</section>\n";
}

std::string chart_figure(const Chart& chart) {
  const std::string name = html(chart.name, 100), title = html(chart.title(), 300);
  const std::string subtitle = chart.subtitle();
  std::string text = fmt::format("<figure id=\"chart-{}\">\n<figcaption><h3>{}</h3>", name, title);
  if (!subtitle.empty()) text += fmt::format("<p class=\"small\">{}</p>", html(subtitle, 1000));
  return text + fmt::format(
                    "</figcaption>\n<div class=\"drawing\" role=\"group\" tabindex=\"0\" aria-label=\"Chart: "
                    "{}\"><p "
                    "class=\"small\">Not drawn yet: charts take JavaScript. The numbers are in the tables "
                    "below.</p></div>\n<p "
                    "class=\"nothing\" hidden>Nothing is left to draw: choose more scenarios or "
                    "servers.</p>\n<details "
                    "class=\"numbers\"><summary>The numbers of this chart</summary><div class=\"scroll\" "
                    "role=\"group\" "
                    "aria-label=\"Table: {}\" tabindex=\"0\"></div></details>\n</figure>\n",
                    title, title);
}

std::string charts_html(const ChartSet& charts, const Libraries& libraries) {
  std::string text = "<section id=\"charts\">\n<h2>Charts</h2>\n";
  if (!libraries.problem.empty()) {
    return text +
           fmt::format("<p class=\"warning\">No charts: {}.</p>\n</section>\n", html(libraries.problem, 400));
  }
  if (charts.charts.empty()) return {};
  for (const Chart& chart : charts.charts) text += chart_figure(chart);
  return text + "</section>\n";
}

std::string choice(const char* kind, const std::string& value, const std::string& label, bool with_swatch) {
  return fmt::format(
      "<label><input type=\"checkbox\" name=\"{}\" value=\"{}\" data-label=\"{}\" checked>{} {}</label>\n",
      kind, html(value), html(label),
      with_swatch ? fmt::format("<span class=\"swatch\" data-swatch=\"{}\"></span>", html(value)) : "",
      html(label));
}

std::string choices_of_scenarios(const Comparison& comparison) {
  std::string text;
  std::set<std::string> seen;
  for (const auto& scenario : comparison.scenarios) {
    if (seen.insert(plain(scenario.name)).second)
      text += choice("scenario", scenario.name, scenario.title, false);
  }
  for (const auto& sweep : comparison.sweeps) {
    if (seen.insert(plain(sweep.of)).second)
      text += choice("scenario", sweep.of, "Capacity: " + sweep.of, false);
  }
  return text;
}

std::string choices_of_servers(const Comparison& comparison) {
  std::string text;
  for (const PageSubject& subject : subjects_of(comparison))
    text += choice("server", subject.name, subject.label, true);
  return text;
}

std::string contents_list(const Comparison& comparison, bool has_charts) {
  const auto item = [](const std::string& id, const std::string& title) {
    return fmt::format("<li><a href=\"#{}\">{}</a></li>\n", id, title);
  };
  std::string text = item("in-short", "In short");
  if (!comparison.scenarios.empty()) text += item("cells", "The verdict on each cell");
  if (has_charts) text += item("charts", "Charts");
  for (std::size_t i = 0; i < comparison.scenarios.size(); ++i)
    text += item(fmt::format("scenario-{}", i), html(comparison.scenarios[i].title));
  for (std::size_t i = 0; i < comparison.sweeps.size(); ++i)
    text += item(fmt::format("sweep-{}", i), "Capacity: " + html(comparison.sweeps[i].of));
  return text + item("not-counted", "Trials that do not count") + item("columns", "How to read the columns") +
         item("terms", "Terms and machine");
}

/// What page.js draws from: only the data sets that some chart shows, each once.
json page_data(const ChartSet& charts, bool can_draw) {
  if (!can_draw) return {{"theme", json::object()}, {"charts", json::array()}, {"datasets", json::object()}};
  json data = to_json({charts.theme, charts.charts, json::object()});
  for (const Chart& chart : charts.charts) {
    for (const std::string& set : chart.sets) {
      if (!data["datasets"].contains(set))
        data["datasets"][set] = packed(charts.datasets.value(set, json::array()));
    }
  }
  return data;
}

std::string library_scripts(const Libraries& libraries) {
  std::string text;
  for (const Library& library : libraries.all) {
    std::string notice = library.name + "\n" + library.licence;
    for (std::size_t at = 0; (at = notice.find("*/", at)) != std::string::npos;) notice.replace(at, 2, "* /");
    text += "<script>/*! " + script_code(notice) + " */\n" + script_code(library.code) + "</script>\n";
  }
  return text;
}

}  // namespace

std::string html_page(const Comparison& comparison, const ChartSet& charts, const Libraries& libraries) {
  const bool can_draw = libraries.problem.empty();
  const std::string charts_part = charts_html(charts, libraries);
  return filled(
      page_form,
      {{"title", html(report_title(comparison), 200)},
       {"style", std::string(page_style)},
       {"runs", html_of_markdown(what_was_run(comparison))},
       {"choices_of_scenarios", choices_of_scenarios(comparison)},
       {"choices_of_servers", choices_of_servers(comparison)},
       {"contents", contents_list(comparison, !charts_part.empty())},
       {"cards", verdict_cards(comparison)},
       {"notes", summary_notes(comparison)},
       {"matrix", matrix_section(comparison)},
       {"charts", charts_part},
       {"scenarios", section_html("id=\"study\"", study_section(comparison)) + scenario_sections(comparison)},
       {"not_counted", section_html("id=\"not-counted\"", failed_trials_section(comparison))},
       {"quietness", section_html("id=\"quietness\"", quietness_section(comparison))},
       {"columns", section_html("id=\"columns\"", how_to_read(comparison))},
       {"terms", section_html("id=\"terms\"", runs_section(comparison))},
       {"data", script_json(page_data(charts, can_draw))},
       {"libraries", library_scripts(libraries)},
       {"script", std::string(page_script)}});
}

void write_page(const Comparison& comparison, const json& data_sets, const std::filesystem::path& file) {
  const std::filesystem::path plots = source_home() / "plots";
  Libraries libraries = read_libraries(plots);
  ChartSet charts;
  try {
    charts = chart_set(data_sets, plots / "charts");
  } catch (const SpecificationError& error) {
    libraries = {{}, error.what()};
  }
  write_file(file, html_page(comparison, charts, libraries));
}

}  // namespace threadmill::plots
