#include "plots/report/report.h"

#include <nlohmann/json.hpp>

#include "plots/charts/chart_data.h"
#include "plots/charts/charts.h"
#include "plots/page/page.h"
#include "plots/report/csv.h"
#include "plots/report/markdown.h"
#include "plots/report/terminal.h"
#include "plots/text/write_file.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {
namespace fs = std::filesystem;
namespace {

results::Comparison read_and_compare(const std::vector<fs::path>& result_files) {
  std::vector<results::ResultFile> files;
  for (const fs::path& path : result_files) files.push_back(results::read_result_file(path));
  return results::compare(files);
}

}  // namespace

Report write_report_files(const std::vector<fs::path>& result_files, const fs::path& out_dir,
                          const Formats& formats) {
  const results::Comparison comparison = read_and_compare(result_files);
  fs::create_directories(out_dir);
  const nlohmann::json data_sets = formats.svg || formats.html ? chart_data(comparison) : nlohmann::json();
  ChartsResult charts;
  if (formats.svg) charts = render_charts(data_sets, out_dir);
  Report report;
  report.chart_problem = charts.problem;
  for (const results::Run& run : comparison.runs) {
    report.warnings.insert(report.warnings.end(), run.warnings.begin(), run.warnings.end());
  }
  if (formats.markdown) {
    report.files.push_back(out_dir / "report.md");
    write_file(report.files.back(), markdown_report(comparison, charts.charts, charts.problem));
  }
  if (formats.csv) {
    report.files.push_back(out_dir / "trials.csv");
    write_file(report.files.back(), csv_table(comparison));
  }
  if (formats.html) {
    report.files.push_back(out_dir / "index.html");
    write_page(comparison, data_sets, report.files.back());
  }
  for (const ChartLink& chart : charts.charts) report.files.push_back(out_dir / chart.file);
  return report;
}

fs::path write_report(const std::vector<fs::path>& result_files, const fs::path& out_dir) {
  return write_report_files(result_files, out_dir, Formats{}).files.front();
}

std::string terminal_table(const std::vector<fs::path>& result_files) {
  return terminal_text(read_and_compare(result_files));
}

}  // namespace threadmill::plots
