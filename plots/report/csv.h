#pragma once
// The trials as CSV, for spreadsheets and scripts.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// One line for each scenario, subject and repeat, valid or not; units in the names of the columns. Numbers
/// are not rounded for people; a number that there is not is an empty field. `verdict` is that of the trial's
/// cell; of a sweep's probe, whether its level was met.
std::string csv_table(const results::Comparison& comparison);

}  // namespace threadmill::plots
