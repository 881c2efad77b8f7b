#pragma once
// From result files to the files that people read.

#include <filesystem>
#include <string>
#include <vector>

namespace threadmill::plots {

/// Which files to write.
struct Formats {
  bool markdown = true;
  bool csv = true;
  bool svg = true;
  bool html = true;
};

/// What was written.
struct Report {
  std::vector<std::filesystem::path> files;  ///< in the order md, csv, html, svg
  std::string chart_problem;          ///< why there are no charts and how to get them; empty when there are
  std::vector<std::string> warnings;  ///< of reading the result files
};

/// Writes report.md, trials.csv, index.html and charts/*.svg, as far as `formats` asks for them, to `out_dir`, which is
/// made where it does not exist. Throws results::ResultError for a file that cannot be read,
/// std::runtime_error for a folder that cannot be written.
Report write_report_files(const std::vector<std::filesystem::path>& result_files,
                          const std::filesystem::path& out_dir, const Formats& formats);

/// All formats. Returns the path of report.md; it says so itself where charts are missing.
std::filesystem::path write_report(const std::vector<std::filesystem::path>& result_files,
                                   const std::filesystem::path& out_dir);

/// The table that `run` prints at its end: aligned, at most 110 columns wide.
std::string terminal_table(const std::vector<std::filesystem::path>& result_files);

}  // namespace threadmill::plots
