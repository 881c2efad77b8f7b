#include "plots/page/page.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "plots/charts/charts.h"
#include "plots/page/html.h"
#include "plots/page/markdown_html.h"
#include "plots/page/packed_data.h"
#include "plots/page/template_files.h"
#include "plots/text/write_file.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;

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
                    "class=\"nothing\" hidden>Nothing is left to draw: choose more.</p>\n<details "
                    "class=\"numbers\"><summary>The numbers of this chart</summary><div class=\"scroll\" "
                    "role=\"group\" "
                    "aria-label=\"Table: {}\" tabindex=\"0\"></div></details>\n</figure>\n",
                    title, title);
}

PageSection charts_section(const ChartSet& charts, const Libraries& libraries) {
  std::string figures;
  for (const Chart& chart : charts.charts) figures += chart_figure(chart);
  if (!libraries.problem.empty())
    figures = fmt::format("<p class=\"warning\">No charts: {}.</p>\n", html(libraries.problem, 400));
  if (figures.empty()) return {};
  return {"charts", "Charts", "<section id=\"charts\">\n<h2>Charts</h2>\n" + figures + "</section>\n"};
}

// Values and labels are plain already, and cut to what fits.
std::string checkbox(const PageChoices& choices, const PageChoice& choice) {
  constexpr std::size_t as_it_is = 500;
  const std::string value = html(choice.value, as_it_is), label = html(choice.label, as_it_is);
  const std::string swatch =
      choices.coloured ? fmt::format("<span class=\"swatch\" data-swatch=\"{}\"></span>", value) : "";
  return fmt::format(
      "<label><input type=\"checkbox\" name=\"{}\" value=\"{}\" data-label=\"{}\" checked>{} {}</label>\n",
      choices.kind, value, label, swatch, label);
}

std::string choices_html(const std::vector<PageChoices>& groups) {
  std::string text;
  for (const PageChoices& choices : groups) {
    if (choices.all.empty()) continue;
    text += fmt::format(
        "<fieldset>\n<legend>{0}</legend>\n<p class=\"all\"><button type=\"button\" "
        "data-all=\"{1}\">all</button> "
        "<button type=\"button\" data-none=\"{1}\">none</button></p>\n",
        choices.legend, choices.kind);
    for (const PageChoice& choice : choices.all) text += checkbox(choices, choice);
    text += "</fieldset>\n";
  }
  return text;
}

/// All sections of the page, in their order.
std::vector<PageSection> sections_of(const Page& page, const ChartSet& charts, const Libraries& libraries) {
  std::vector<PageSection> sections{
      {"in-short", "In short",
       "<section id=\"in-short\" tabindex=\"-1\">\n<h2>In short</h2>\n" + page.in_short + "</section>\n"}};
  sections.insert(sections.end(), page.before_charts.begin(), page.before_charts.end());
  sections.push_back(charts_section(charts, libraries));
  sections.insert(sections.end(), page.after_charts.begin(), page.after_charts.end());
  std::erase_if(sections, [](const PageSection& section) { return section.html.empty(); });
  return sections;
}

std::string contents_list(const std::vector<PageSection>& sections) {
  std::string text;
  for (const PageSection& section : sections)
    text += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, html(section.title));
  return text;
}

std::string sections_html(const std::vector<PageSection>& sections) {
  std::string text;
  for (const PageSection& section : sections) text += section.html;
  return text;
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

PageSection section_of_markdown(const std::string& id, const std::string& title, const std::string& markdown,
                                const std::string& attributes) {
  if (markdown.empty()) return {};
  return {id, title,
          fmt::format("<section id=\"{}\"{}{}>\n{}</section>\n", id, attributes.empty() ? "" : " ",
                      attributes, html_of_markdown(markdown))};
}

std::string html_page(const Page& page, const ChartSet& charts, const Libraries& libraries) {
  const bool can_draw = libraries.problem.empty();
  const auto sections = sections_of(page, charts, libraries);
  return filled(page_form, {{"title", html(page.title, 200)},
                            {"style", std::string(page_style)},
                            {"opening", page.opening},
                            {"choices", choices_html(page.choices)},
                            {"contents", contents_list(sections)},
                            {"sections", sections_html(sections)},
                            {"data", script_json(page_data(charts, can_draw))},
                            {"libraries", library_scripts(libraries)},
                            {"script", std::string(page_script)}});
}

void write_page(const Page& page, const json& data_sets, const std::filesystem::path& file) {
  const std::filesystem::path plots = source_home() / "plots";
  Libraries libraries = read_libraries(plots);
  ChartSet charts;
  try {
    charts = chart_set(data_sets, plots / "charts");
  } catch (const SpecificationError& error) {
    libraries = {{}, error.what()};
  }
  write_file(file, html_page(page, charts, libraries));
}

}  // namespace threadmill::plots
