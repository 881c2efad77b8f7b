#include "plots/report/how_to_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using results::Metric;
using results::Row;

bool is_measured(const results::Comparison& comparison, Metric metric) {
  for (const auto& scenario : comparison.scenarios) {
    const auto has = [&](const Row& row) { return row.spreads[metric].has_value(); };
    if (std::any_of(scenario.rows.begin(), scenario.rows.end(), has)) return true;
  }
  return false;
}

}  // namespace

std::string how_to_read(const results::Comparison& comparison) {
  std::string text = "## How to read the columns\n\n";
  text +=
      "- Cells are medians over the valid repeats. Percentiles are of the histograms of all valid repeats "
      "merged into "
      "one; percentiles are never averaged.\n";
  std::set<std::size_t> counts;
  for (const auto& scenario : comparison.scenarios) {
    for (const Row& row : scenario.rows) {
      if (row.valid > 1) counts.insert(row.valid);
    }
  }
  for (const std::size_t count : counts) {
    text += fmt::format(
        "- With {} valid trials, min to max contains the true median with {:.1f} % confidence, whatever "
        "the distribution, if the trials are independent of each other{}.\n",
        count, 100 * results::range_confidence(count),
        count < 6 ? "; an interval of at least 95 % takes six" : "");
  }
  text += fmt::format(
      "- `of ceiling`: the ratio to `{}`, a bare epoll echo loop with nothing around it, taken within each "
      "repeat; median (min to max). It is no server to choose: what a model's session, limits and accounting "
      "cost shows against it. A ratio near 1 or slightly above is noise or batching.\n",
      results::ceiling_subject);
  text +=
      "- `verdict`: what the row's figures are figures of. `server-bound`: the server used 90 % or more of "
      "the CPUs it could use (those it was given, at most one for each of its threads), answers waited for "
      "it, or what was due could not be sent. `generator-bound`: the generator's busiest thread was full (95 "
      "% of a CPU, waiting for one included) while the server had time left, most answers waited to be read, "
      "or requests left late; the server could have done more, and its figure has `≥` before it. "
      "`latency-bound`: neither was full; all that was due was answered, or the way there and back set the "
      "pace. `mixed`: no more than half of the trials agree. `unknown`: nobody can say, as when both ran on "
      "the same CPUs.\n";
  text += fmt::format(
      "- `invalid`: no trial counts, or a message was lost or wrong, or a connection missing in any of them, "
      "or more than {:.0f} % of them failed: servers fail when they are pressed, so the trials that are left "
      "flatter. Such a row keeps its figures, and neither wins nor has a ratio.\n",
      100 * results::most_failed_share);
  text += fmt::format(
      "- Far from the other trials: its modified z-score is above 3.5 (among five trials or more). Drifts: "
      "Kendall's correlation with time has p < {}, and the slope of Theil and Sen is larger than the noise; "
      "chance alone makes one row in {:.0f} drift. Both count, like disturbed trials: nothing is dropped but "
      "what failed.\n",
      results::drift_p_value, 1 / results::drift_p_value);
  text +=
      "- `warm-up ended`: with a steady rate, or at its cap while the rate still changed. `delivery "
      "contracts`: "
      "which of at most once, at least once, exactly once and ordered per publisher the messages broke, in "
      "all "
      "trials, invalid ones too; a run can refute a promise and not prove it.\n";
  text += "- `its own` in the column `flush`: a foreign program decides itself when it writes.\n";
  for (const auto& traits : results::metrics()) {
    if (!is_measured(comparison, traits.metric)) continue;
    text += fmt::format("- `{}` (its name in the CSV): {}\n", traits.name, traits.meaning);
  }
  return text + "\n";
}

}  // namespace threadmill::plots
