#include "harness/present.h"

#include <fmt/format.h>

#ifdef THREADMILL_HAS_PLOTS
#include "plots/report.h"
#endif

namespace threadmill::harness {

void present_results(const std::filesystem::path& result_file) {
#ifdef THREADMILL_HAS_PLOTS
  auto folder = result_file;
  folder.replace_extension();
  fmt::print("{}\n", plots::terminal_table({result_file}));
  fmt::print("report: {}\n", plots::write_report({result_file}, folder).string());
#else
  fmt::print("results: {}\n", result_file.string());
#endif
}

}  // namespace threadmill::harness
