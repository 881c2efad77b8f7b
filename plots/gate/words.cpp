#include "plots/gate/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plots/text/text.h"
#include "plots/words/metric_text.h"

namespace threadmill::plots {
namespace {

using results::GateCell;
using results::GateDoubt;
using results::GateOutcome;
using results::GateReport;

constexpr std::size_t longest_reason = 400;

/// Bytes that are no UTF-8 become the replacement character.
std::string valid_utf8(const std::string& text) {
  using nlohmann::json;
  return json::parse(json(text).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
}

std::size_t count_of(const GateReport& report, GateOutcome outcome) {
  return static_cast<std::size_t>(
      std::count_if(report.cells.begin(), report.cells.end(),
                    [&](const GateCell& cell) { return cell.outcome == outcome; }));
}

std::string percent_change(double ratio) { return fmt::format("{:+.1f}", 100 * (ratio - 1)); }

std::string doubt_words(GateDoubt doubt, const std::string& limit) {
  switch (doubt) {
    case GateDoubt::samples:
      return "samples too few or too noisy to tell whether worse by " + limit;
    case GateDoubt::yardstick:
      return "the yardstick itself changed by more than " + limit + ", so that nothing passes";
    case GateDoubt::figures:
      return "figures are missing, or say nothing about the server";
  }
  return {};
}

/// Why cells are inconclusive: each reason once.
std::string doubts_of(const GateReport& report, const std::string& limit) {
  std::string text;
  for (const GateDoubt doubt : {GateDoubt::samples, GateDoubt::yardstick, GateDoubt::figures}) {
    const auto has = [&](const GateCell& cell) {
      return cell.outcome == GateOutcome::inconclusive && cell.doubt == doubt;
    };
    if (std::any_of(report.cells.begin(), report.cells.end(), has))
      text += (text.empty() ? "" : "; ") + doubt_words(doubt, limit);
  }
  return text;
}

/// What is said of those cells of the report that have its outcome.
std::string meaning_of(const GateReport& report) {
  const std::string limit = share_words(report.max_regression);
  switch (report.outcome()) {
    case GateOutcome::passed:
      return "worse by less than " + limit + ", if at all";
    case GateOutcome::regression:
      return "worse beyond the noise, and not shown to be worse by less than " + limit;
    case GateOutcome::inconclusive:
      return "undecided: " + doubts_of(report, limit);
    case GateOutcome::invalid:
      return "not to be judged, because trials failed or were wrong";
  }
  return {};
}

}  // namespace

std::string gate_text(const std::string& text, std::size_t most) { return plain(valid_utf8(text), most); }

std::string cell_name(const GateCell& cell) {
  return fmt::format("{} in {}, {}", gate_text(cell.subject), gate_text(cell.scenario),
                     results::traits_of(cell.metric).name);
}

std::string cell_reason(const GateCell& cell) { return gate_text(cell.reason, longest_reason); }

std::string worsening_words(const std::optional<results::RatioEstimate>& worsening) {
  if (!worsening) return std::string(no_number);
  const std::string estimate = percent_change(worsening->ratio) + " %";
  if (!worsening->interval) return estimate;
  return fmt::format("{} ({} to {})", estimate, percent_change(worsening->interval->low),
                     percent_change(worsening->interval->high));
}

std::string verdict_of_gate(const GateReport& report) {
  const GateOutcome outcome = report.outcome();
  if (report.cells.empty())
    return fmt::format("{}: nothing was judged.", results::gate_outcome_name(outcome));
  const std::size_t count = count_of(report, outcome), all = report.cells.size();
  return fmt::format("{}: {} of {} {} {} {}.", results::gate_outcome_name(outcome), count, all,
                     all == 1 ? "comparison" : "comparisons", count == 1 ? "is" : "are", meaning_of(report));
}

std::string what_was_judged(const GateReport& report) {
  std::string text =
      fmt::format("{} against {}", gate_text(report.candidate, 80), gate_text(report.baseline, 80));
  if (report.took_s > 0) text += fmt::format(", {:.0f} s of measuring", report.took_s);
  return text;
}

}  // namespace threadmill::plots
