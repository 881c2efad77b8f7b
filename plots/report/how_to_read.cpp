#include "plots/report/how_to_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plots/words/against_words.h"
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
      "one; percentiles are never averaged, and not told where fewer than 10 values lie above them.\n";
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
      "cost shows against it. A ratio near 1 or slightly above is noise or batching; with `≥`, `≤` or `?` "
      "before it, the load generator was the limit of one or both.\n",
      results::ceiling_subject);
  text +=
      "- `verdict`: what the row's figures are figures of. `server-bound`: the server used 90 % or more of "
      "the CPUs it could use (those it was given, at most one for each of its threads), answers waited for "
      "it, or what was due could not be sent. `generator-bound`: the generator's busiest thread was full (95 "
      "% of a CPU, waiting for one included) while the server had time left, most answers waited to be read, "
      "or requests left late; the server could have done more, see `≥`. "
      "`latency-bound`: neither was full; all that was due was answered, or the way there and back set the "
      "pace. `mixed`: no more than half of the trials agree. `unknown`: nobody can say, as when both ran on "
      "the same CPUs.\n";
  text +=
      "- `≥`, `≤`, `?`: the load generator was the limit, so a part of the figure is its own. The server can "
      "do at least a rate with `≥`, and would use that much of its CPUs or more. Latencies of its closed "
      "loop "
      "are at most those with `≤`: requests, or their answers, waited for the generator. At a rate that is "
      "set latencies have `?`: the server was asked for less than the schedule says, and nobody knows how "
      "long the rest would have waited. A ratio is bound by what both sides are; `?` where they pull it in "
      "both directions. Nothing is called a difference that the hidden part could turn around. CPU time for "
      "each request, switches and memory are as measured. In the CSV, trials of which `limited_by` is "
      "`generator` are such.\n";
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
  if (has_against(comparison)) {
    text +=
        "- `Against`: the median of the ratios of all pairs of repeats (Hodges-Lehmann) and its 95 % "
        "interval "
        "(Wilcoxon's signed ranks). `ahead` and `behind`: better or worse, the whole interval on one side of "
        "1. "
        "`ahead in all`, `behind in all`: with fewer than six repeats there is no such interval; in brackets "
        "is their range, and all agree. `cannot be told`: 1 is between the ends, or the load generator, "
        "which "
        "makes a ratio `≥` or `≤`, may have hidden the difference. Where the rate is set, the first is who "
        "takes the least CPU time. To win is another thing: to be ahead of all in every repeat. Each "
        "interval "
        "stands by itself, so that one in twenty misses the true ratio; `threadmill compare --subjects` "
        "corrects for that.\n";
  }
  text +=
      "- `warm-up ended`: with a steady rate, or at its cap while the rate still changed. `delivery "
      "contracts`: "
      "which of at most once, at least once, exactly once and ordered per publisher the messages broke, in "
      "all "
      "trials, invalid ones too; a run can refute a promise and not prove it.\n";
  text +=
      "- `flush`: when waiting bytes are written. `immediate`: each message at once; `tick`: what is "
      "waiting, once "
      "a turn, in batches. A server called `thread:tick` is the model `thread` with that flush; without a "
      "suffix "
      "a model has its default. Batches alone can be worth more than the model, so compare servers of one "
      "flush. "
      "`its own`: a foreign program decides itself when it writes.\n";
  for (const auto& traits : results::metrics()) {
    if (!is_measured(comparison, traits.metric)) continue;
    text += fmt::format("- `{}` (its name in the CSV): {}\n", traits.name, traits.meaning);
  }
  return text + "\n";
}

}  // namespace threadmill::plots
