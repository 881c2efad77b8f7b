#pragma once
// The report as one HTML page that needs nothing but itself: no network, no server.

#include <filesystem>
#include <string>

#include "plots/charts/chart_set.h"
#include "plots/page/libraries.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// The whole page. Verdicts, tables, environment and how to repeat the run are there without scripts; charts
/// are drawn by `libraries`, and where those are missing the page says how to get them. Pure.
std::string html_page(const results::Comparison& comparison, const ChartSet& charts,
                      const Libraries& libraries);

/// Reads specifications and libraries from the source tree and writes the page. `data_sets` are those of the
/// comparison (plots/charts/chart_data.h). Throws std::runtime_error for a file that cannot be written.
void write_page(const results::Comparison& comparison, const nlohmann::json& data_sets,
                const std::filesystem::path& file);

}  // namespace threadmill::plots
