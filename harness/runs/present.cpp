#include "harness/runs/present.h"

#include <fmt/format.h>

#include "plots/report/report.h"
#include "plots/study/study_text.h"
#include "results/comparison/comparison.h"

namespace threadmill::harness {

void present_results(const std::filesystem::path& result_file) {
  auto folder = result_file.parent_path() / result_file.stem();
  if (folder == result_file) folder += "-report";  // a result file without an extension
  fmt::print("{}\n", plots::terminal_table({result_file}));
  fmt::print("{}", plots::study_text(results::compare({results::read_result_file(result_file)})));
  const auto report = plots::write_report_files({result_file}, folder, plots::Formats{});
  fmt::print("report: {}\n", report.files.front().string());
  if (!report.chart_problem.empty()) fmt::print("{}\n", report.chart_problem);
}

}  // namespace threadmill::harness
