#pragma once
// What is said of one run against another, or one subject against another, in the same words in a terminal
// and in a report. Plain text: neither escaped nor broken into lines. Pure functions.

#include <cstddef>
#include <string>
#include <vector>

#include "plots/text/table.h"
#include "results/comparison/change.h"

namespace threadmill::plots {

/// "echo-64 / epoll", at most `most` characters.
std::string name_of_change(const results::Change& change, std::size_t most);

/// "requests_per_s (more is better)".
std::string change_block_title(results::Metric metric);

/// A line for each change, without its name: both medians, the change, its interval, p, and samples.
Table change_columns(const results::ChangeTable& table, const results::ChangesOfMetric& block,
                     std::string first_title, std::string second_title);

/// Which is which, and whether they ran at the same time.
std::string sides_sentence(const results::ChangeTable& table);

/// What has no counterpart or cannot be judged, and whether the machine itself changed.
std::vector<std::string> change_warnings(const results::ChangeTable& table);

/// How to read the table: only what is in it. None where nothing was tested.
std::vector<std::string> change_notes(const results::ChangeTable& table);

}  // namespace threadmill::plots
