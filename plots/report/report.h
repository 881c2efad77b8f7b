#pragma once
// From result files to the files that people read.

#include <filesystem>
#include <string>
#include <vector>

#include "plots/report/formats.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// All formats of a report, in the order in which they are written.
std::vector<FormatName> report_formats();

/// What was written.
struct Report {
  std::vector<std::filesystem::path> files;  ///< in the order of report_formats()
  std::string chart_problem;          ///< why there are no charts and how to get them; empty when there are
  std::vector<std::string> warnings;  ///< of reading the result files
};

/// Several files are put side by side. Throws results::ResultError for a file that cannot be read.
results::Comparison read_comparison(const std::vector<std::filesystem::path>& result_files);

/// Writes what `formats` asks for to `out_dir`, which is made where it does not exist. Throws
/// std::runtime_error for a folder that cannot be written.
Report write_formats(const results::Comparison& comparison, const std::filesystem::path& out_dir,
                     const Formats& formats);

/// Both of it.
Report write_report_files(const std::vector<std::filesystem::path>& result_files,
                          const std::filesystem::path& out_dir, const Formats& formats);

/// The usual formats. Returns the path of report.md; it says so itself where charts are missing.
std::filesystem::path write_report(const std::vector<std::filesystem::path>& result_files,
                                   const std::filesystem::path& out_dir);

}  // namespace threadmill::plots
