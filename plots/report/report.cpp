#include "plots/report/report.h"

#include <nlohmann/json.hpp>

#include "plots/charts/chart_data.h"
#include "plots/charts/chart_files.h"
#include "plots/page/page.h"
#include "plots/page/report_page.h"
#include "plots/paper/paper_tables.h"
#include "plots/report/csv.h"
#include "plots/report/markdown.h"
#include "plots/report/report_json.h"
#include "plots/text/write_file.h"

namespace threadmill::plots {
namespace fs = std::filesystem;
namespace {

using Files = std::vector<fs::path>;

constexpr std::string_view markdown_file = "report.md";

/// What the formats of a report are written from.
struct ReportMaterial {
  const ReportContent& content;
  const fs::path& folder;
  const nlohmann::json& data_sets;  ///< of the charts; null where no format has any
  const ChartFiles& charts;         ///< already drawn, because texts name them
};

Files one_file(const fs::path& path, const std::string& text) {
  write_file(path, text);
  return {path};
}

Files write_markdown(const ReportMaterial& from) {
  return one_file(from.folder / markdown_file, markdown_report(from.content.comparison, from.charts.links,
                                                               from.charts.problem, from.content.changes));
}

Files write_csv(const ReportMaterial& from) {
  return one_file(from.folder / "trials.csv", csv_table(from.content.comparison));
}

Files write_json(const ReportMaterial& from) {
  return one_file(from.folder / "report.json", report_json(from.content.comparison, from.content.changes));
}

Files write_html(const ReportMaterial& from) {
  const fs::path path = from.folder / page_file;
  write_page(report_page(from.content.comparison, from.content.changes), from.data_sets, path);
  return {path};
}

Files write_tex(const ReportMaterial& from) {
  return one_file(from.folder / "report.tex", paper_tables(from.content.comparison));
}

// A further format = one line here, its function above, and its member of Formats.
constexpr Format<ReportMaterial> formats_of_a_report[] = {
    {{"md", markdown_file, &Formats::markdown}, write_markdown},
    {{"csv", "trials.csv", &Formats::csv}, write_csv},
    {{"json", "report.json", &Formats::json}, write_json},
    {{"html", page_file, &Formats::html}, write_html},
    {{"svg", "charts/*.svg", &Formats::svg}, [](const ReportMaterial& from) { return from.charts.svg; }},
    {{"png", "charts/*.png", &Formats::png}, [](const ReportMaterial& from) { return from.charts.png; }},
    {{"tex", "report.tex", &Formats::tex}, write_tex},
};

}  // namespace

std::vector<FormatName> report_formats() { return names_of(formats_of_a_report); }

ReportContent read_report_content(const Files& result_files) {
  std::vector<results::ResultFile> files;
  for (const fs::path& path : result_files) files.push_back(results::read_result_file(path));
  ReportContent content{results::compare(files), {}};
  content.changes = results::changes_between_runs(content.comparison, files, {});
  return content;
}

Report write_formats(const ReportContent& content, const fs::path& out_dir, const Formats& formats) {
  fs::create_directories(out_dir);
  const nlohmann::json data_sets = has_charts(formats) ? chart_data(content.comparison) : nlohmann::json();
  const ChartFiles charts = write_chart_files(data_sets, out_dir, formats);
  Report report;
  report.chart_problem = charts.problem;
  for (const results::Run& run : content.comparison.runs)
    report.warnings.insert(report.warnings.end(), run.warnings.begin(), run.warnings.end());
  report.files =
      write_wanted(formats_of_a_report, formats, ReportMaterial{content, out_dir, data_sets, charts});
  if (formats.html) report.page = out_dir / page_file;
  if (formats.markdown) report.text = out_dir / markdown_file;
  return report;
}

Report write_report_files(const Files& result_files, const fs::path& out_dir, const Formats& formats) {
  return write_formats(read_report_content(result_files), out_dir, formats);
}

}  // namespace threadmill::plots
