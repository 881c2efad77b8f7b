#pragma once
// What `threadmill ab` tells: for people, and for programs. Pure functions.

#include <nlohmann/json.hpp>
#include <string>

#include "results/gate/ab.h"

namespace threadmill::plots {

/// A table of the metrics, a sentence for each, and who won by the first of them.
std::string ab_text(const results::AbReport& report);

/// One line while it goes on: "blocks: 12, 27 s: cpu_us_per_request of b/a 1.048 (1.039 to 1.057)".
std::string ab_progress_line(const results::AbReport& report, std::size_t blocks, double took_s);

/// The same figures for programs; ratios are b / a.
nlohmann::ordered_json ab_json(const results::AbReport& report);

}  // namespace threadmill::plots
