#pragma once
// The formats that a report can be written in. Each kind of report has one list of them: help, checks and
// writing go through it.

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <vector>

namespace threadmill::plots {

/// Which to write; as given here where nobody says.
struct Formats {
  bool markdown = true;
  bool csv = true;
  bool html = true;
  bool svg = true;
  bool json = false;
  bool png = false;
  bool tex = false;
};

inline bool has_charts(const Formats& formats) { return formats.svg || formats.png || formats.html; }

/// One of them, as people are told.
struct FormatName {
  std::string_view name;   ///< as `--format` takes it
  std::string_view files;  ///< what it leaves in the report's folder: "report.md", "charts/*.svg"
  bool Formats::*wanted;
};

/// One of them with its writer. `Material` is what is written: a report's, or a history's.
template <typename Material>
struct Format : FormatName {
  /// Returns the files that it wrote. Throws std::runtime_error that names the file and the remedy.
  std::vector<std::filesystem::path> (*write)(const Material&);
};

template <typename Material, std::size_t N>
std::vector<FormatName> names_of(const Format<Material> (&formats)[N]) {
  return std::vector<FormatName>(std::begin(formats), std::end(formats));
}

/// Writes those that are wanted, in the order of the list.
template <typename Material, std::size_t N>
std::vector<std::filesystem::path> write_wanted(const Format<Material> (&formats)[N], const Formats& wanted,
                                                const Material& material) {
  std::vector<std::filesystem::path> files;
  for (const auto& format : formats) {
    if (!(wanted.*format.wanted)) continue;
    const auto written = format.write(material);
    files.insert(files.end(), written.begin(), written.end());
  }
  return files;
}

}  // namespace threadmill::plots
