#include "plots/difference/change_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/metric_text.h"
#include "results/statistics/rank_test.h"

namespace threadmill::plots {
namespace {

using results::Change;
using results::ChangeKind;
using results::ChangesOfMetric;
using results::ChangeTable;
using results::Hidden;
using results::Metric;
using results::Pairing;

/// "+5.2 %" of a ratio of 1.052.
std::string signed_percent(double ratio) {
  const double percent = 100 * (ratio - 1);
  return fmt::format("{:+.{}f}", percent, std::abs(percent) < 9.95 ? 1 : 0);
}

/// "5.04 ±2.1 %": the median and how far its interval reaches, as a share of it.
std::string side_cell(Metric metric, const std::optional<results::Spread>& spread, results::Hidden hidden) {
  if (!spread) return std::string(no_number);
  const std::string median = std::string(bound_mark(hidden)) + metric_value(metric, spread->median);
  if (!spread->interval) return median + " ±∞";
  const double half_width = (spread->interval->high - spread->interval->low) / 2;
  const double share = spread->median == 0 ? 0 : half_width / std::abs(spread->median);
  return fmt::format("{} ±{:.1f} %", median, 100 * share);
}

std::string delta_cell(const Change& change) {
  const auto delta = [&] {
    return fmt::format("{}{} %", bound_mark(change.ratio_hidden()), signed_percent(change.ratio->ratio));
  };
  switch (change.kind) {
    case ChangeKind::no_difference:
      return "~";
    case ChangeKind::too_few:
      return fmt::format("too few ({})", delta());
    case ChangeKind::held_back:
      return fmt::format("held back ({})", delta());
    case ChangeKind::invalid:
      return "invalid";
    case ChangeKind::no_ratio:
      return std::string(no_number);
    case ChangeKind::different:
      return delta();
    case ChangeKind::better:
      return delta() + " better";
    case ChangeKind::worse:
      return delta() + " worse";
  }
  return {};
}

std::string interval_cell(const Change& change) {
  if (!change.ratio || !change.ratio->interval) return std::string(no_number);
  const auto& interval = *change.ratio->interval;
  return fmt::format("{} to {} %", signed_percent(interval.low), signed_percent(interval.high));
}

std::string p_cell(const Change& change) {
  if (!change.corrected_p) return std::string(no_number);
  return *change.corrected_p < 0.001 ? "<0.001" : fmt::format("{:.3f}", *change.corrected_p);
}

std::string count_cell(const Change& change) {
  if (!change.ratio) return std::string(no_number);
  if (change.ratio->pairing == Pairing::paired) return fmt::format("{}", change.ratio->first_count);
  // The ratio is second / first.
  return fmt::format("{}+{}", change.ratio->second_count, change.ratio->first_count);
}

std::string better_words(Metric metric) {
  switch (results::traits_of(metric).better) {
    case results::Better::more:
      return "more is better";
    case results::Better::less:
      return "less is better";
    case results::Better::neither:
      return "neither more nor less is better";
  }
  return {};
}

bool has(const ChangeTable& table, const std::function<bool(const Change&)>& property) {
  return std::any_of(table.metrics.begin(), table.metrics.end(), [&](const ChangesOfMetric& block) {
    return std::any_of(block.changes.begin(), block.changes.end(), property);
  });
}

bool has_kind(const ChangeTable& table, ChangeKind kind) {
  return has(table, [&](const Change& change) { return change.kind == kind; });
}

/// Once for each cell, though each of its metrics has it.
void add_invalid(const ChangeTable& table, std::vector<std::string>& sentences) {
  for (const ChangesOfMetric& block : table.metrics) {
    for (const Change& change : block.changes) {
      if (change.kind != ChangeKind::invalid) continue;
      const std::string sentence =
          fmt::format("{} is not judged: {}", name_of_change(change, 60), change.reason);
      if (std::find(sentences.begin(), sentences.end(), sentence) == sentences.end())
        sentences.push_back(sentence);
    }
  }
}

std::string too_few_sentence(const ChangeTable& table) {
  const bool paired = table.pairing == Pairing::paired;
  const auto pairs_alone = results::signed_rank_count_needed(results::significance_level);
  const auto each_alone = results::rank_sum_count_needed(results::significance_level);
  return fmt::format(
      "too few (the estimate, which chance alone may have made): no difference, however large, could be "
      "found with so few samples, {} considered. It takes {}{} (--repeats {}); fewer tests (--scenario, "
      "--metric) need fewer: one alone takes {} pairs within one file, and {}+{} of two files.",
      counted(table.tests, "test"), table.samples_needed,
      paired ? " pairs" : fmt::format("+{}", table.samples_needed), table.samples_needed, pairs_alone,
      each_alone, each_alone);
}

std::string legend_sentence(const ChangeTable& table) {
  const auto without_interval = [](const Change& change) {
    return (change.first && !change.first->interval) || (change.second && !change.second->interval);
  };
  return fmt::format(
      "Medians ± half the width of their 95 % interval{}. delta: the ratio of second to first "
      "(Hodges-Lehmann), with its 95 % interval. p: {}, corrected by the method of Holm over the "
      "{} of this table{}.",
      has(table, without_interval) ? " (∞: below six samples there is none)" : "",
      table.pairing == Pairing::paired ? "Wilcoxon's signed-rank test" : "Wilcoxon's rank-sum test",
      counted(table.tests, "test"),
      has_kind(table, ChangeKind::no_difference)
          ? fmt::format(". ~: no difference found (p above {:g})", results::significance_level)
          : "");
}

}  // namespace

std::string name_of_change(const Change& change, std::size_t most) {
  const std::string name =
      change.subject.empty() ? change.scenario : change.scenario + " / " + change.subject;
  return plain(name, most);
}

std::string change_block_title(Metric metric) {
  return fmt::format("{} ({})", results::traits_of(metric).name, better_words(metric));
}

Table change_columns(const ChangeTable& table, const ChangesOfMetric& block, std::string first_title,
                     std::string second_title) {
  Table columns;
  columns.add_column(std::move(first_title), block.changes, [&](const Change& change) {
    return side_cell(block.metric, change.first, change.first_hidden);
  });
  columns.add_column(std::move(second_title), block.changes, [&](const Change& change) {
    return side_cell(block.metric, change.second, change.second_hidden);
  });
  columns.add_column("delta", block.changes, delta_cell);
  columns.add_column("95 % interval", block.changes, interval_cell);
  columns.add_column("p", block.changes, p_cell);
  columns.add_column(table.pairing == Pairing::paired ? "pairs" : "n", block.changes, count_cell);
  return columns;
}

std::string sides_sentence(const ChangeTable& table) {
  const bool paired = table.pairing == Pairing::paired;
  return fmt::format("First: {}. Second: {}. {}", plain(table.first), plain(table.second),
                     paired ? "Paired: each repeat's two trials are put in proportion."
                            : "Unpaired: the two did not run at the same time, and a machine that changed in "
                              "between looks like a server that changed; `threadmill ab` runs both at once.");
}

std::vector<std::string> change_warnings(const ChangeTable& table) {
  std::vector<std::string> sentences;
  add_invalid(table, sentences);
  for (const std::string& reason : table.not_compared) sentences.push_back("not compared: " + reason);
  const auto machine_changed = [](const Change& change) {
    return change.ceiling && (change.kind == ChangeKind::better || change.kind == ChangeKind::worse);
  };
  if (has(table, machine_changed)) {
    sentences.push_back(
        fmt::format("{}, which is there to measure the machine by, changed itself: a change of that size "
                    "says nothing about the servers.",
                    results::ceiling_subject));
  }
  return sentences;
}

std::vector<std::string> change_notes(const ChangeTable& table) {
  const bool is_held_back = has_kind(table, ChangeKind::held_back);
  if (table.tests == 0 && !is_held_back) return {};
  std::vector<std::string> notes;
  if (has_kind(table, ChangeKind::too_few)) notes.push_back(too_few_sentence(table));
  notes.push_back(legend_sentence(table));
  const auto is_bound = [](const Change& change) {
    return change.first_hidden != Hidden::nothing || change.second_hidden != Hidden::nothing;
  };
  if (has(table, is_bound)) {
    notes.emplace_back(
        "≥, ≤: the load generator was the limit; the server can do at least that, and of a latency a part is "
        "the generator's. ?: nobody can say on which side the server's own lies.");
  }
  if (is_held_back) {
    notes.emplace_back(
        "held back (the change that was measured): what the load generator hid could turn it around, so it "
        "is "
        "no difference between the servers, and no test.");
  }
  return notes;
}

}  // namespace threadmill::plots
