#pragma once
// Charts: data sets of a comparison and the specifications in plots/charts/ become SVG files, by Vega-Lite in
// Node.js.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plots/report/markdown.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// The folder of the source tree that holds plots/: the environment variable THREADMILL_HOME, or where it was
/// built.
std::filesystem::path source_home();

/// What to do about JavaScript modules that are not installed: "run: npm ci --prefix ...". `plots` is that
/// folder.
std::string remedy_for_modules(const std::filesystem::path& plots);

struct ChartsResult {
  std::vector<ChartLink> charts;  ///< what was written, relative to the output folder
  std::string problem;            ///< one line: why there are none, and the remedy; empty when all went well
};

/// Renders all charts into `out_dir`/charts. Starts one node process; without node or its modules it only
/// says so. Throws std::filesystem::filesystem_error when the folder cannot be written.
ChartsResult write_charts(const results::Comparison& comparison, const std::filesystem::path& out_dir);

/// The same of these data sets: an object of arrays (plots/charts/chart_data.h).
ChartsResult render_charts(const nlohmann::json& data_sets, const std::filesystem::path& out_dir);

}  // namespace threadmill::plots
