#include "harness/runs/present.h"

#include <fmt/format.h>

#include <cstdio>

#include "harness/terminal.h"
#include "plots/report/report.h"
#include "plots/report/report_json.h"
#include "plots/report/terminal.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;

fs::path report_folder(const fs::path& result_file) {
  auto folder = result_file.parent_path() / result_file.stem();
  if (folder == result_file) folder += "-report";  // a result file without an extension
  return folder;
}

}  // namespace

void present_results(const fs::path& result_file, const RunRequest& request) {
  if (!request.report && !request.as_json) return;
  const auto content = plots::read_report_content({result_file});
  if (request.as_json) {
    fmt::print("{}", plots::report_json(content.comparison, content.changes));
  } else {
    fmt::print("{}\n", plots::terminal_text(content.comparison, look_of_stdout(request.colours)));
  }
  if (!request.report) return;
  const auto report = plots::write_formats(content, report_folder(result_file), plots::Formats{});
  std::FILE* out = request.as_json ? stderr : stdout;
  if (!report.chart_problem.empty()) fmt::print(out, "{}\n", report.chart_problem);
  fmt::print(out, "report: {}\npage to open: {}\n", report.text.string(), report.page.string());
}

}  // namespace threadmill::harness
