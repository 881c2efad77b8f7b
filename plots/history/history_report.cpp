#include "plots/history/history_report.h"

#include <nlohmann/json.hpp>

#include "plots/charts/chart_files.h"
#include "plots/history/history_csv.h"
#include "plots/history/history_data.h"
#include "plots/history/history_json.h"
#include "plots/history/history_markdown.h"
#include "plots/history/history_page.h"
#include "plots/history/history_tex.h"
#include "plots/text/write_file.h"

namespace threadmill::plots {
namespace fs = std::filesystem;
namespace {

/// What the formats of a history are written from.
struct HistoryMaterial {
  const results::History& history;
  const std::vector<std::string>& skipped;
  const fs::path& folder;
  const nlohmann::json& data_sets;  ///< of the chart; null where no format has any
  const ChartFiles& charts;         ///< already drawn, because texts name them
};

std::vector<fs::path> one_history_file(const fs::path& path, const std::string& text) {
  write_file(path, text);
  return {path};
}

std::vector<fs::path> write_history_markdown(const HistoryMaterial& from) {
  return one_history_file(
      from.folder / "history.md",
      history_markdown(from.history, from.skipped, from.charts.links, from.charts.problem));
}

std::vector<fs::path> write_history_csv(const HistoryMaterial& from) {
  return one_history_file(from.folder / "history.csv", history_csv(from.history));
}

std::vector<fs::path> write_history_json(const HistoryMaterial& from) {
  return one_history_file(from.folder / "history.json", history_json(from.history, from.skipped));
}

std::vector<fs::path> write_history_html(const HistoryMaterial& from) {
  const fs::path path = from.folder / page_file;
  write_page(history_page(from.history, from.skipped), from.data_sets, path);
  return {path};
}

std::vector<fs::path> write_history_tex(const HistoryMaterial& from) {
  return one_history_file(from.folder / "history.tex", history_tex(from.history));
}

constexpr Format<HistoryMaterial> formats_of_a_history[] = {
    {{"md", "history.md", &Formats::markdown}, write_history_markdown},
    {{"csv", "history.csv", &Formats::csv}, write_history_csv},
    {{"json", "history.json", &Formats::json}, write_history_json},
    {{"html", page_file, &Formats::html}, write_history_html},
    {{"svg", "charts/*.svg", &Formats::svg}, [](const HistoryMaterial& from) { return from.charts.svg; }},
    {{"png", "charts/*.png", &Formats::png}, [](const HistoryMaterial& from) { return from.charts.png; }},
    {{"tex", "history.tex", &Formats::tex}, write_history_tex},
};

}  // namespace

std::vector<FormatName> history_formats() { return names_of(formats_of_a_history); }

HistoryReport write_history(const results::History& history, const std::vector<std::string>& skipped,
                            const fs::path& out_dir, const Formats& formats) {
  fs::create_directories(out_dir);
  const nlohmann::json data_sets = has_charts(formats) ? history_data(history) : nlohmann::json();
  const ChartFiles charts = write_chart_files(data_sets, out_dir, formats);
  HistoryReport report;
  report.chart_problem = charts.problem;
  report.files = write_wanted(formats_of_a_history, formats,
                              HistoryMaterial{history, skipped, out_dir, data_sets, charts});
  return report;
}

}  // namespace threadmill::plots
