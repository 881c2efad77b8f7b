#pragma once
// From result files to the files that people read.

#include <filesystem>
#include <string>
#include <vector>

#include "plots/report/formats.h"
#include "results/comparison/change.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// All formats of a report, in the order in which they are written.
std::vector<FormatName> report_formats();

/// What was written.
struct Report {
  std::vector<std::filesystem::path> files;  ///< in the order of report_formats()
  std::filesystem::path page;         ///< the HTML page, for people to open; empty where it was not asked for
  std::filesystem::path text;         ///< the same in Markdown; empty where it was not asked for
  std::string chart_problem;          ///< why there are no charts and how to get them; empty when there are
  std::vector<std::string> warnings;  ///< of reading the result files
};

/// What result files say.
struct ReportContent {
  results::Comparison comparison;
  std::vector<results::ChangeTable> changes;  ///< each further file against the first
};

/// Several files are put side by side. Throws results::ResultError for a file that cannot be read.
ReportContent read_report_content(const std::vector<std::filesystem::path>& result_files);

/// Writes what `formats` asks for to `out_dir`, which is made where it does not exist. Throws
/// std::runtime_error for a folder that cannot be written.
Report write_formats(const ReportContent& content, const std::filesystem::path& out_dir,
                     const Formats& formats);

/// Both of it.
Report write_report_files(const std::vector<std::filesystem::path>& result_files,
                          const std::filesystem::path& out_dir, const Formats& formats);

}  // namespace threadmill::plots
