#include "plots/charts/charts.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "plots/charts/chart_data.h"
#include "plots/charts/node.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace fs = std::filesystem;
namespace {

/// The line of node's output that says what went wrong.
std::string error_line(const std::string& errors) {
  const std::size_t at = errors.find("Error:");
  const std::size_t from = at == std::string::npos ? 0 : at;
  return plain(errors.substr(from, errors.find('\n', from) - from), 200);
}

std::vector<ChartLink> links(const std::string& printed) {
  std::vector<ChartLink> charts;
  for (const auto& chart : nlohmann::json::parse(printed)) {
    charts.push_back({"charts/" + chart.at("file").get<std::string>(), chart.at("title").get<std::string>()});
  }
  return charts;
}

ChartsResult without(std::string problem) { return {{}, "No charts: " + std::move(problem)}; }

}  // namespace

fs::path source_home() {
  const char* home = std::getenv("THREADMILL_HOME");
  return home != nullptr && *home != '\0' ? fs::path(home) : fs::path(THREADMILL_SOURCE_DIR);
}

ChartsResult write_charts(const results::Comparison& comparison, const fs::path& out_dir) {
  return render_charts(chart_data(comparison), out_dir);
}

ChartsResult render_charts(const nlohmann::json& data_sets, const fs::path& out_dir) {
  const fs::path plots = source_home() / "plots";
  if (!fs::exists(plots / "render.mjs")) {
    return without(fmt::format("{} is missing; set THREADMILL_HOME to the source tree",
                               (plots / "render.mjs").string()));
  }
  if (!fs::exists(plots / "node_modules" / "vega-lite")) {
    return without(
        fmt::format("vega-lite is not installed; run: npm ci --prefix {}", shell_word(plots.string())));
  }
  const fs::path folder = out_dir / "charts";
  fs::create_directories(folder);
  const fs::path data = folder / "data.json";
  {
    std::ofstream file(data);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file << data_sets.dump() << '\n';
  }
  const auto output = run_node(
      {(plots / "render.mjs").string(), (plots / "charts").string(), data.string(), folder.string()});
  if (!output)
    return without(
        "Node.js is not installed; install the package nodejs (18 or newer), then run report again");
  if (output->exit_status != 0) {
    return without(fmt::format("node {} failed with exit code {}: {}", (plots / "render.mjs").string(),
                               output->exit_status, error_line(output->errors)));
  }
  return {links(output->text), {}};
}

}  // namespace threadmill::plots
