#include "plots/history/history_report.h"

#include <nlohmann/json.hpp>

#include "plots/charts/chart_files.h"
#include "plots/history/history_csv.h"
#include "plots/history/history_data.h"
#include "plots/history/history_markdown.h"
#include "plots/text/write_file.h"

namespace threadmill::plots {
namespace fs = std::filesystem;
namespace {

/// What the formats of a history are written from.
struct HistoryMaterial {
  const results::History& history;
  const std::vector<std::string>& skipped;
  const fs::path& folder;
  const ChartFiles& charts;  ///< already drawn, because texts name them
};

std::vector<fs::path> write_history_markdown(const HistoryMaterial& from) {
  const fs::path path = from.folder / "history.md";
  write_file(path, history_markdown(from.history, from.skipped, from.charts.links, from.charts.problem));
  return {path};
}

std::vector<fs::path> write_history_csv(const HistoryMaterial& from) {
  const fs::path path = from.folder / "history.csv";
  write_file(path, history_csv(from.history));
  return {path};
}

constexpr Format<HistoryMaterial> formats_of_a_history[] = {
    {{"md", "history.md", &Formats::markdown}, write_history_markdown},
    {{"csv", "history.csv", &Formats::csv}, write_history_csv},
    {{"svg", "charts/*.svg", &Formats::svg}, [](const HistoryMaterial& from) { return from.charts.svg; }},
    {{"png", "charts/*.png", &Formats::png}, [](const HistoryMaterial& from) { return from.charts.png; }},
};

}  // namespace

std::vector<FormatName> history_formats() { return names_of(formats_of_a_history); }

HistoryReport write_history(const results::History& history, const std::vector<std::string>& skipped,
                            const fs::path& out_dir, const Formats& formats) {
  fs::create_directories(out_dir);
  const bool draws = formats.svg || formats.png;
  const ChartFiles charts = draws ? write_chart_files(history_data(history), out_dir, formats) : ChartFiles();
  HistoryReport report;
  report.chart_problem = charts.problem;
  report.files =
      write_wanted(formats_of_a_history, formats, HistoryMaterial{history, skipped, out_dir, charts});
  return report;
}

}  // namespace threadmill::plots
