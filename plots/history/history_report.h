#pragma once
// From a history to the files that people read.

#include <filesystem>
#include <string>
#include <vector>

#include "plots/report/formats.h"
#include "results/history/history.h"

namespace threadmill::plots {

/// All formats of a history, in the order in which they are written: by name the same as a report's.
std::vector<FormatName> history_formats();

struct HistoryReport {
  std::vector<std::filesystem::path> files;  ///< in the order of history_formats()
  std::string chart_problem;  ///< why there are no charts and how to get them; empty when there are
};

/// Writes what `formats` asks for to `out_dir`, which is made where it does
/// not exist. `skipped`: a sentence for each file that is not in it. Throws std::runtime_error for a folder
/// that cannot be written.
HistoryReport write_history(const results::History& history, const std::vector<std::string>& skipped,
                            const std::filesystem::path& out_dir, const Formats& formats);

}  // namespace threadmill::plots
