#include "plots/difference/compare_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "plots/text/table.h"
#include "plots/text/terminal_parts.h"
#include "plots/text/text.h"
#include "plots/words/metric_text.h"
#include "results/statistics/rank_test.h"

namespace threadmill::plots {
namespace {

using results::Change;
using results::ChangeKind;
using results::ChangesOfMetric;
using results::ChangeTable;
using results::Metric;
using results::Pairing;

constexpr std::size_t widest_label = 16;

/// "+5.2 %" of a ratio of 1.052.
std::string signed_percent(double ratio) {
  const double percent = 100 * (ratio - 1);
  return fmt::format("{:+.{}f}", percent, std::abs(percent) < 9.95 ? 1 : 0);
}

/// "5.04 ±2.1 %": the median and how far its interval reaches, as a share of it.
std::string side_cell(Metric metric, const std::optional<results::Spread>& spread, bool at_least) {
  if (!spread) return std::string(no_number);
  const std::string median = (at_least ? "≥ " : "") + metric_value(metric, spread->median);
  if (!spread->interval) return median + " ±∞";
  const double half_width = (spread->interval->high - spread->interval->low) / 2;
  const double share = spread->median == 0 ? 0 : half_width / std::abs(spread->median);
  return fmt::format("{} ±{:.1f} %", median, 100 * share);
}

std::string delta_cell(const Change& change) {
  switch (change.kind) {
    case ChangeKind::no_difference:
      return "~";
    case ChangeKind::too_few:
      return fmt::format("too few ({} %)", signed_percent(change.ratio->ratio));
    case ChangeKind::invalid:
      return "invalid";
    case ChangeKind::no_ratio:
      return std::string(no_number);
    case ChangeKind::different:
      return signed_percent(change.ratio->ratio) + " %";
    case ChangeKind::better:
      return signed_percent(change.ratio->ratio) + " % better";
    case ChangeKind::worse:
      return signed_percent(change.ratio->ratio) + " % worse";
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

std::string name_of_change(const Change& change, std::size_t most) {
  const std::string name =
      change.subject.empty() ? change.scenario : change.scenario + " / " + change.subject;
  return plain(name, most);
}

/// The name of a side over its column, or its place where the name is too long.
std::string column_title(const std::string& label, const char* place) {
  return width(plain(label)) <= widest_label ? plain(label) : place;
}

/// Puts the names in front, cut to what the other columns leave of a line.
void add_names(Table& table, const std::vector<Change>& changes) {
  const std::size_t taken = width_of(table);
  const std::size_t room = std::max<std::size_t>(widest_line - std::min(taken, widest_line), 16);
  table.header.insert(table.header.begin(), "");
  for (std::size_t i = 0; i < changes.size(); ++i)
    table.rows[i].insert(table.rows[i].begin(), name_of_change(changes[i], room));
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

std::string block_text(const ChangeTable& table, const ChangesOfMetric& block) {
  Table columns;
  columns.add_column(column_title(table.first, "first"), block.changes, [&](const Change& change) {
    return side_cell(block.metric, change.first, change.first_at_least);
  });
  columns.add_column(column_title(table.second, "second"), block.changes, [&](const Change& change) {
    return side_cell(block.metric, change.second, change.second_at_least);
  });
  columns.add_column("delta", block.changes, delta_cell);
  columns.add_column("95 % interval", block.changes, interval_cell);
  columns.add_column("p", block.changes, p_cell);
  columns.add_column(table.pairing == Pairing::paired ? "pairs" : "n", block.changes, count_cell);
  add_names(columns, block.changes);
  return fmt::format("{} ({})\n{}\n", results::traits_of(block.metric).name, better_words(block.metric),
                     aligned(columns));
}

bool has(const ChangeTable& table, const std::function<bool(const Change&)>& property) {
  return std::any_of(table.metrics.begin(), table.metrics.end(), [&](const ChangesOfMetric& block) {
    return std::any_of(block.changes.begin(), block.changes.end(), property);
  });
}

bool has_kind(const ChangeTable& table, ChangeKind kind) {
  return has(table, [&](const Change& change) { return change.kind == kind; });
}

/// The sentence with every word short enough for a line, whatever names are in it.
std::string with_short_words(const std::string& sentence) {
  std::string text;
  for (std::size_t at = 0; at < sentence.size();) {
    const std::size_t end = std::min(sentence.find(' ', at), sentence.size());
    text += (text.empty() ? "" : " ") + plain(std::string_view(sentence).substr(at, end - at));
    at = end + 1;
  }
  return text;
}

std::string heading(const ChangeTable& table) {
  const bool paired = table.pairing == Pairing::paired;
  return wrapped(
      fmt::format("First: {}. Second: {}. {}", plain(table.first), plain(table.second),
                  paired ? "Paired: each repeat's two trials are put in proportion."
                         : "Unpaired: the two did not run at the same time, and a machine that changed in "
                           "between looks like a server that changed; `threadmill ab` runs both at once."),
      "");
}

std::string environment_text(const ChangeTable& table) {
  std::string text;
  for (const bool matters : {true, false}) {
    std::string lines;
    for (const auto& difference : table.environment) {
      if (difference.matters != matters) continue;
      lines += wrapped(fmt::format("{}: {} | {} ({})", plain(difference.name), plain(difference.first, 100),
                                   plain(difference.second, 100), difference.why),
                       "  ");
    }
    if (lines.empty()) continue;
    text += (matters ? "The environments differ where it may move the figures:\n"
                     : "They differ too where it should not:\n") +
            lines;
  }
  if (text.empty() && table.pairing == Pairing::unpaired) text = "No difference between the environments.\n";
  return text + "\n";
}

/// Once for each cell, though each of its metrics has it.
std::string invalid_text(const ChangeTable& table) {
  std::vector<std::string> lines;
  for (const ChangesOfMetric& block : table.metrics) {
    for (const Change& change : block.changes) {
      if (change.kind != ChangeKind::invalid) continue;
      const std::string line = wrapped(
          fmt::format("! {} is not judged: {}", name_of_change(change, 60), with_short_words(change.reason)),
          "  ");
      if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
    }
  }
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

std::string unmatched_text(const ChangeTable& table) {
  std::string text;
  for (const std::string& sentence : table.not_compared)
    text += wrapped("! not compared: " + with_short_words(sentence), "  ");
  return text;
}

/// What the yardstick says about the machine.
std::string ceiling_text(const ChangeTable& table) {
  const auto changed = [](const Change& change) {
    return change.ceiling && (change.kind == ChangeKind::better || change.kind == ChangeKind::worse);
  };
  if (!has(table, changed)) return {};
  return wrapped(
      fmt::format("! {}, which is there to measure the machine by, changed itself: a change of that size "
                  "says nothing about the servers.",
                  results::ceiling_subject),
      "  ");
}

std::string too_few_text(const ChangeTable& table) {
  if (!has_kind(table, ChangeKind::too_few)) return {};
  const bool paired = table.pairing == Pairing::paired;
  const auto pairs_alone = results::signed_rank_count_needed(results::significance_level);
  const auto each_alone = results::rank_sum_count_needed(results::significance_level);
  return wrapped(
      fmt::format(
          "too few (the estimate, which chance alone may have made): no difference, however large, could be "
          "found with so few samples, {} considered. It takes {}{} (--repeats {}); fewer tests (--scenario, "
          "--metric) need fewer: one alone takes {} pairs within one file, and {}+{} of two files.",
          counted(table.tests, "test"), table.samples_needed,
          paired ? " pairs" : fmt::format("+{}", table.samples_needed), table.samples_needed, pairs_alone,
          each_alone, each_alone),
      "  ");
}

/// How to read the table: only what is in it.
std::string legend(const ChangeTable& table) {
  const auto without_interval = [](const Change& change) {
    return (change.first && !change.first->interval) || (change.second && !change.second->interval);
  };
  std::string text = wrapped(
      fmt::format(
          "Medians ± half the width of their 95 % interval{}. delta: the ratio of second to first "
          "(Hodges-Lehmann), with its 95 % interval. p: {}, corrected by the method of Holm over the "
          "{} of this table{}.",
          has(table, without_interval) ? " (∞: below six samples there is none)" : "",
          table.pairing == Pairing::paired ? "Wilcoxon's signed-rank test" : "Wilcoxon's rank-sum test",
          counted(table.tests, "test"),
          has_kind(table, ChangeKind::no_difference)
              ? fmt::format(". ~: no difference found (p above {:g})", results::significance_level)
              : ""),
      "  ");
  if (has(table, [](const Change& change) { return change.first_at_least || change.second_at_least; }))
    text += wrapped("≥: the load generator was the limit, the server can do at least that.", "  ");
  return text;
}

std::string table_text(const ChangeTable& table) {
  std::string text = heading(table) + environment_text(table);
  for (const ChangesOfMetric& block : table.metrics) text += block_text(table, block);
  if (table.metrics.empty()) text += "Nothing can be compared.\n";
  text += invalid_text(table) + unmatched_text(table) + ceiling_text(table) + too_few_text(table);
  return table.tests == 0 ? text : text + legend(table);
}

}  // namespace

std::string compare_table(const std::vector<ChangeTable>& tables) {
  std::string text;
  for (const ChangeTable& table : tables) text += (text.empty() ? "" : "\n") + table_text(table);
  return text;
}

}  // namespace threadmill::plots
