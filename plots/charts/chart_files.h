#pragma once
// The charts of a report as files: SVG, PNG or both.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plots/report/formats.h"
#include "plots/report/markdown.h"

namespace threadmill::plots {

struct ChartFiles {
  std::vector<ChartLink>
      links;  ///< for a text beside them: to the SVG files, or to the PNG files where there are only those
  std::vector<std::filesystem::path> svg;
  std::vector<std::filesystem::path> png;
  std::string problem;  ///< one line: what is missing, and the remedy; empty when all went well
};

/// Draws the data sets (plots/charts/chart_data.h) by the specifications in plots/charts/ into FOLDER/charts,
/// as far as `formats` asks for charts. Throws std::filesystem::filesystem_error when the folder cannot be
/// written.
ChartFiles write_chart_files(const nlohmann::json& data_sets, const std::filesystem::path& folder,
                             const Formats& formats);

}  // namespace threadmill::plots
