#pragma once
// What one request costs the server, and how: the table that explains a model's figures.

#include <string>

#include "plots/text/table.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// Only the columns that some server has. A file of before there were such figures has the switches alone.
Table request_table(const results::ScenarioComparison& scenario);

/// Lines of a list about it: why figures are missing, and where two accounts of the CPU time differ.
std::string request_notes(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
