#include "plots/report/report.h"

#include <nlohmann/json.hpp>

#include "plots/charts/chart_data.h"
#include "plots/charts/chart_files.h"
#include "plots/page/page.h"
#include "plots/paper/paper_tables.h"
#include "plots/report/csv.h"
#include "plots/report/markdown.h"
#include "plots/report/report_json.h"
#include "plots/text/write_file.h"

namespace threadmill::plots {
namespace fs = std::filesystem;
namespace {

using Files = std::vector<fs::path>;

/// What the formats of a report are written from.
struct ReportMaterial {
  const results::Comparison& comparison;
  const fs::path& folder;
  const nlohmann::json& data_sets;  ///< of the charts; null where no format has any
  const ChartFiles& charts;         ///< already drawn, because texts name them
};

Files one_file(const fs::path& path, const std::string& text) {
  write_file(path, text);
  return {path};
}

Files write_markdown(const ReportMaterial& from) {
  return one_file(from.folder / "report.md",
                  markdown_report(from.comparison, from.charts.links, from.charts.problem));
}

Files write_csv(const ReportMaterial& from) {
  return one_file(from.folder / "trials.csv", csv_table(from.comparison));
}

Files write_json(const ReportMaterial& from) {
  return one_file(from.folder / "report.json", report_json(from.comparison));
}

Files write_html(const ReportMaterial& from) {
  write_page(from.comparison, from.data_sets, from.folder / "index.html");
  return {from.folder / "index.html"};
}

Files write_tex(const ReportMaterial& from) {
  return one_file(from.folder / "report.tex", paper_tables(from.comparison));
}

// A further format = one line here, its function above, and its member of Formats.
constexpr Format<ReportMaterial> formats_of_a_report[] = {
    {{"md", "report.md", &Formats::markdown}, write_markdown},
    {{"csv", "trials.csv", &Formats::csv}, write_csv},
    {{"json", "report.json", &Formats::json}, write_json},
    {{"html", "index.html", &Formats::html}, write_html},
    {{"svg", "charts/*.svg", &Formats::svg}, [](const ReportMaterial& from) { return from.charts.svg; }},
    {{"png", "charts/*.png", &Formats::png}, [](const ReportMaterial& from) { return from.charts.png; }},
    {{"tex", "report.tex", &Formats::tex}, write_tex},
};

}  // namespace

std::vector<FormatName> report_formats() { return names_of(formats_of_a_report); }

results::Comparison read_comparison(const Files& result_files) {
  std::vector<results::ResultFile> files;
  for (const fs::path& path : result_files) files.push_back(results::read_result_file(path));
  return results::compare(files);
}

Report write_formats(const results::Comparison& comparison, const fs::path& out_dir, const Formats& formats) {
  fs::create_directories(out_dir);
  const bool has_charts = formats.svg || formats.png || formats.html;
  const nlohmann::json data_sets = has_charts ? chart_data(comparison) : nlohmann::json();
  const ChartFiles charts = write_chart_files(data_sets, out_dir, formats);
  Report report;
  report.chart_problem = charts.problem;
  for (const results::Run& run : comparison.runs)
    report.warnings.insert(report.warnings.end(), run.warnings.begin(), run.warnings.end());
  report.files =
      write_wanted(formats_of_a_report, formats, ReportMaterial{comparison, out_dir, data_sets, charts});
  return report;
}

Report write_report_files(const Files& result_files, const fs::path& out_dir, const Formats& formats) {
  return write_formats(read_comparison(result_files), out_dir, formats);
}

fs::path write_report(const Files& result_files, const fs::path& out_dir) {
  return write_report_files(result_files, out_dir, Formats{}).files.front();
}

}  // namespace threadmill::plots
