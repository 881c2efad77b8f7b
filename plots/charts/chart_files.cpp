#include "plots/charts/chart_files.h"

#include <stdlib.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "plots/charts/charts.h"
#include "plots/charts/png.h"

namespace threadmill::plots {
namespace fs = std::filesystem;
namespace {

/// For SVG files that nobody asked for; gone when they are drawn.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "threadmill-charts-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("cannot make a folder in " + fs::temp_directory_path().string() +
                               ": is it writable and the disk not full?");
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<fs::path> files_of(const std::vector<ChartLink>& links, const fs::path& folder) {
  std::vector<fs::path> files;
  for (const ChartLink& link : links) files.push_back(folder / link.file);
  return files;
}

void add_png(ChartFiles& charts, const std::vector<fs::path>& svg_files, const fs::path& folder) {
  if (!charts.problem.empty()) return;
  PngResult result = write_png(svg_files, folder / "charts");
  charts.png = std::move(result.files);
  charts.problem = std::move(result.problem);
}

ChartFiles only_png(const nlohmann::json& data_sets, const fs::path& folder) {
  const ScratchFolder scratch;
  const ChartsResult drawn = render_charts(data_sets, scratch.path());
  ChartFiles charts;
  charts.problem = drawn.problem;
  add_png(charts, files_of(drawn.charts, scratch.path()), folder);
  for (std::size_t i = 0; i < charts.png.size(); ++i)
    charts.links.push_back({"charts/" + charts.png[i].filename().string(), drawn.charts[i].title});
  return charts;
}

}  // namespace

ChartFiles write_chart_files(const nlohmann::json& data_sets, const fs::path& folder,
                             const Formats& formats) {
  if (!formats.svg) return formats.png ? only_png(data_sets, folder) : ChartFiles();
  const ChartsResult drawn = render_charts(data_sets, folder);
  ChartFiles charts{drawn.charts, files_of(drawn.charts, folder), {}, drawn.problem};
  if (formats.png) add_png(charts, charts.svg, folder);
  return charts;
}

}  // namespace threadmill::plots
