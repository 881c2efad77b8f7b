#include "results/gate/gate_decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/statistics/multiple_tests.h"

namespace threadmill::results {
namespace {

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

/// "4.8 % worse (+3.9 to +5.7 %)".
std::string change(const RatioEstimate& worsening) {
  const double by = worsening.ratio - 1;
  const auto& interval = *worsening.interval;
  return fmt::format("{} {} ({:+.1f} to {:+.1f} %)", percent(std::abs(by)), by < 0 ? "better" : "worse",
                     100 * (interval.low - 1), 100 * (interval.high - 1));
}

std::string too_few(const RatioEstimate& estimate) {
  if (estimate.pairing == Pairing::paired)
    return fmt::format(
        "Too few samples: {} blocks have no interval of 95 %; six have (a block is two repeats).",
        estimate.first_count);
  return fmt::format(
      "Too few samples: {} blocks of the baseline and {} of the candidate have no interval of 95 %; six of "
      "each have (a block is two repeats).",
      estimate.second_count, estimate.first_count);
}

/// The interval shrinks with the square root of the number of blocks. It decides when it no longer reaches
/// from the estimate to the limit (then it passes), or no longer to 1, nor the noise floor to the estimate
/// (then it is a regression), whichever comes first. Never below 1.
double times_more_blocks(const Contrast& worsening, double limit) {
  const double estimate = std::log(worsening.ratio->ratio);
  const double reach = *log_reach(*worsening.ratio);
  const double to_pass = std::log1p(limit) - estimate;
  const double noise = std::max(reach, std::log1p(worsening.noise_floor.value_or(0)));
  double shrink = 0;  // what the interval has to shrink to, as a share
  if (to_pass > 0) shrink = to_pass / reach;
  if (estimate > 0) shrink = std::max(shrink, estimate / noise);
  return std::max(1.0, 1 / (shrink * shrink));
}

std::string blocks_text(double blocks, const char* whose, double seconds_per_block) {
  const std::string time =
      seconds_per_block > 0 ? fmt::format(" ({:.0f} s)", blocks * seconds_per_block) : "";
  return fmt::format("about {:.0f} blocks{}{} would tell, or a quieter machine", blocks, whose, time);
}

/// The variance of a difference of two runs is that of a block times 1/n + 1/m. However many blocks the
/// candidate has, those of the baseline leave their part: beyond that the baseline has to be recorded again.
std::string what_it_needs(const Contrast& worsening, const DecisionTerms& terms) {
  const RatioEstimate& estimate = *worsening.ratio;
  const double more = times_more_blocks(worsening, terms.max_regression);
  const auto candidate = static_cast<double>(estimate.first_count),
             baseline = static_cast<double>(estimate.second_count);
  if (estimate.pairing == Pairing::paired)
    return blocks_text(std::ceil(candidate * more) + 1, "", terms.seconds_per_block);
  const double wanted = (1 / candidate + 1 / baseline) / more;
  // With the baseline's part below half of it, the candidate needs at most as many blocks again as if both
  // had more.
  if (1 / baseline <= wanted / 2)
    return blocks_text(std::ceil(1 / (wanted - 1 / baseline)) + 1, " of the candidate",
                       terms.seconds_per_block);
  const double each = std::ceil(2 / wanted) + 1;
  return blocks_text(each, " of each", terms.seconds_per_block) +
         fmt::format("; the baseline has {:.0f}: record it again with --repeats {:.0f}", baseline, 2 * each);
}

std::string why_not(const Contrast& worsening, const DecisionTerms& terms) {
  const RatioEstimate& estimate = *worsening.ratio;
  if (estimate.interval->low <= 1)
    return fmt::format("may be worse by the limit of {} or not at all", percent(terms.max_regression));
  if (!worsening.above_noise())
    return fmt::format("less than the {} that noise alone may show",
                       percent(worsening.noise_floor.value_or(0)));
  return "one of so many cells may show that by chance";
}

bool is_regression(const Contrast& worsening, const DecisionTerms& terms) {
  return worsening.ratio->interval->low > 1 && worsening.above_noise() &&
         terms.corrected_p <= significance_level;
}

/// Whether the yardstick surely changed, and by more than the limit: then no proportion to it is a pass. What
/// changed it may have changed the server otherwise, or be a slower part that all servers have.
bool yardstick_moved(const GateCell& cell, double limit) {
  if (!cell.yardstick || !cell.yardstick->interval) return false;
  const auto& [low, high, confidence] = *cell.yardstick->interval;
  return (low > 1 || high < 1) && std::abs(std::log(cell.yardstick->ratio)) > std::log1p(limit);
}

std::string moved_reason(const RatioEstimate& yardstick) {
  return fmt::format(
      "The yardstick changed by {:+.0f} %: the machine, the compiler or code that all servers share; run "
      "both builds side by side: --baseline PROGRAM.",
      100 * (yardstick.ratio - 1));
}

/// `corrected_p` is of the change, corrected for all cells of the report.
void decide_cell(MeasuredCell& measured, double corrected_p, const GateOptions& options) {
  GateCell& cell = measured.cell;
  if (!measured.undecidable.empty()) {
    cell.reason = measured.undecidable;
    cell.doubt = GateDoubt::figures;
    return;
  }
  const double blocks = cell.worsening ? static_cast<double>(cell.worsening->first_count) : 0;
  const double seconds_per_block = blocks > 0 ? options.took_s / blocks : 0;
  const Decision decision =
      decide(measured.worsening, {options.max_regression, corrected_p, seconds_per_block});
  cell.outcome = decision.outcome;
  cell.reason = decision.reason;
  if (decision.outcome != GateOutcome::passed || !yardstick_moved(cell, options.max_regression)) return;
  cell.outcome = GateOutcome::inconclusive;
  cell.reason = moved_reason(*cell.yardstick);
  cell.doubt = GateDoubt::yardstick;
}

}  // namespace

Decision decide(const Contrast& worsening, const DecisionTerms& terms) {
  if (!worsening.ratio)
    return {GateOutcome::inconclusive, "Too few samples: there is no whole block (two repeats)."};
  const RatioEstimate& estimate = *worsening.ratio;
  if (!estimate.interval) return {GateOutcome::inconclusive, too_few(estimate)};
  const std::string limit = percent(terms.max_regression);
  if (estimate.interval->high < 1 + terms.max_regression)
    return {GateOutcome::passed, fmt::format("{}: below the limit of {}.", change(estimate), limit)};
  if (is_regression(worsening, terms)) {
    return {GateOutcome::regression,
            fmt::format("{}: more than the noise of {}, and not shown to be below the limit of {}.",
                        change(estimate), percent(*worsening.noise_floor), limit)};
  }
  return {GateOutcome::inconclusive, fmt::format("{}: {}; {}.", change(estimate), why_not(worsening, terms),
                                                 what_it_needs(worsening, terms))};
}

void decide_cells(std::vector<MeasuredCell>& cells, const GateOptions& options) {
  std::vector<double> p_values;
  for (const MeasuredCell& measured : cells) {
    const bool counts = measured.undecidable.empty() && measured.worsening.ratio;
    p_values.push_back(counts ? measured.worsening.ratio->p_value : 1);
  }
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].cell.outcome == GateOutcome::invalid) continue;
    cells[i].cell.smallest_detectable = smallest_detectable_change(cells[i].worsening, cells.size());
    decide_cell(cells[i], corrected[i], options);
  }
}

}  // namespace threadmill::results
