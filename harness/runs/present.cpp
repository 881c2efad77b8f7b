#include "harness/runs/present.h"

#include <fmt/format.h>

#include "harness/terminal.h"
#include "plots/report/report.h"
#include "plots/report/terminal.h"
#include "plots/study/study_text.h"

namespace threadmill::harness {

void present_results(const std::filesystem::path& result_file, bool colours) {
  auto folder = result_file.parent_path() / result_file.stem();
  if (folder == result_file) folder += "-report";  // a result file without an extension
  const auto comparison = plots::read_comparison({result_file});
  fmt::print("{}\n", plots::terminal_text(comparison, look_of_stdout(colours)));
  fmt::print("{}", plots::study_text(comparison));
  const auto report = plots::write_formats(comparison, folder, plots::Formats{});
  fmt::print("report: {}\n", report.files.front().string());
  if (!report.chart_problem.empty()) fmt::print("{}\n", report.chart_problem);
}

}  // namespace threadmill::harness
