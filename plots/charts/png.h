#pragma once
// SVG pictures as PNG, for where SVG is not taken: slides, chats, word processors.

#include <filesystem>
#include <string>
#include <vector>

namespace threadmill::plots {

struct PngResult {
  std::vector<std::filesystem::path> files;  ///< what was written
  std::string problem;  ///< one line: why not all of them were, and the remedy; empty when all went well
};

/// Draws each file as FOLDER/STEM.png, two pixels for each of the SVG's. Starts rsvg-convert once a file;
/// without it it only says so.
PngResult write_png(const std::vector<std::filesystem::path>& svg_files, const std::filesystem::path& folder);

}  // namespace threadmill::plots
