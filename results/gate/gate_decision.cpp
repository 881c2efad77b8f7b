#include "results/gate/gate_decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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

}  // namespace threadmill::results
