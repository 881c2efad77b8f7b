#include "plots/charts/png.h"

#include <fmt/format.h>

#include "plots/charts/node.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace fs = std::filesystem;

PngResult write_png(const std::vector<fs::path>& svg_files, const fs::path& folder) {
  PngResult result;
  fs::create_directories(folder);
  for (const fs::path& svg : svg_files) {
    const fs::path png =
        fs::absolute(folder / svg.stem()).concat(".png");  // absolute: no name looks like an option
    const auto output = run_program(
        "rsvg-convert", {"--zoom=2", "--format=png", "--output=" + png.string(), fs::absolute(svg).string()});
    if (!output) {
      result.problem =
          "No PNG: rsvg-convert is not installed; install the package librsvg2-bin, then run report again";
      return result;
    }
    if (output->exit_status != 0) {
      result.problem = fmt::format("No PNG: rsvg-convert failed with exit code {} at {}: {}",
                                   output->exit_status, svg.filename().string(), plain(output->errors, 200));
      return result;
    }
    result.files.push_back(folder / png.filename());
  }
  return result;
}

}  // namespace threadmill::plots
