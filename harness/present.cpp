#include "harness/present.h"

#include <fmt/format.h>

#include "plots/report.h"

namespace threadmill::harness {

void present_results(const std::filesystem::path& result_file) {
  auto folder = result_file.parent_path() / result_file.stem();
  if (folder == result_file) folder += "-report";  // a result file without an extension
  fmt::print("{}\n", plots::terminal_table({result_file}));
  fmt::print("report: {}\n", plots::write_report({result_file}, folder).string());
}

}  // namespace threadmill::harness
