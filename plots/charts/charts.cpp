#include "plots/charts/charts.h"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "plots/charts/chart_data.h"
#include "plots/charts/chart_set.h"
#include "plots/charts/node.h"
#include "plots/text/text.h"
#include "plots/text/write_file.h"

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

std::string remedy_for_modules(const fs::path& plots) {
  return "run: npm ci --prefix " + shell_word(plots.string());
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
  if (!fs::exists(plots / "node_modules" / "vega-lite"))
    return without("vega-lite is not installed; " + remedy_for_modules(plots));
  const fs::path folder = out_dir / "charts";
  const fs::path data = folder / "data.json";
  try {
    const nlohmann::json charts = to_json(chart_set(data_sets, plots / "charts"));
    fs::create_directories(folder);
    // A label is made of a file's name, which need not be UTF-8.
    write_file(data, charts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n');
  } catch (const SpecificationError& error) {
    return without(error.what());
  }
  const auto output = run_node({(plots / "render.mjs").string(), data.string(), folder.string()});
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
