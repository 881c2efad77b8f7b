#include "results/gate/contrast.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numbers>

#include "results/statistics/rank_test.h"

namespace threadmill::results {
namespace {

/// The end of the interval that lies further from 1, as a change.
std::optional<double> far_end(const std::optional<RatioEstimate>& control) {
  if (!control || !control->interval) return std::nullopt;
  const auto& [low, high, confidence] = *control->interval;
  return std::expm1(std::max(std::abs(std::log(low)), std::abs(std::log(high))));
}

Contrast contrast(const std::optional<RatioEstimate>& ratio, const std::optional<RatioEstimate>& control) {
  return {ratio, far_end(control), std::nullopt};
}

constexpr double power = 0.9;

/// Of as many values: Student's, because their spread is known from themselves only.
boost::math::students_t distribution_of(const RatioEstimate& ratio) {
  const std::size_t freedom =
      ratio.pairing == Pairing::paired ? ratio.first_count - 1 : ratio.first_count + ratio.second_count - 2;
  return boost::math::students_t(static_cast<double>(freedom));
}

}  // namespace

bool Contrast::above_noise() const {
  return ratio && noise_floor && std::abs(std::log(ratio->ratio)) > std::log1p(*noise_floor);
}

Contrast contrast_of_pairs(const ByRepeat& ratios) {
  const BlockSamples blocks = blocks_of(ratios);
  return contrast(ratio_of_pairs(blocks.values), ratio_of_pairs(blocks.against_itself));
}

Contrast contrast_of_samples(const BlockSamples& first, const BlockSamples& second) {
  return contrast(ratio_of_samples(second.values, first.values),
                  ratio_of_samples(second.against_itself, first.against_itself));
}

Contrast inverse(const Contrast& contrast) {
  Contrast turned = contrast;
  if (turned.ratio) turned.ratio = inverse(*turned.ratio);
  return turned;
}

// The interval's half width is so many standard errors. A true change is found when the next estimate lies
// beyond what is significant at the corrected level (Cohen, Statistical Power Analysis, 1988), and beyond the
// far end of the next control. Here and there they lie so many errors (`reach`) further out, and the error is
// an estimate itself, with a relative deviation of the root of 1/(2 freedom) in each run. The control's own
// estimate varies besides, in each run; its size counts, not its sign, and the variance of the size of a
// normal error is 1 less 2/pi.
std::optional<double> smallest_detectable_change(const Contrast& contrast, std::size_t tests) {
  if (!contrast.ratio || !contrast.ratio->interval || !contrast.noise_floor) return std::nullopt;
  const RatioEstimate& ratio = *contrast.ratio;
  const double level = significance_level / static_cast<double>(std::max<std::size_t>(tests, 1));
  if (smallest_p(ratio) >= level) return std::nullopt;
  const auto student = distribution_of(ratio);
  const auto& [low, high, confidence] = *ratio.interval;
  const double in_interval = boost::math::quantile(student, (1 + confidence) / 2);
  const double error = std::log(high / low) / 2 / in_interval;
  const auto to_be_sure = [&](double reach, double further_variance) {
    const double variance = 1 + reach * reach / student.degrees_of_freedom() + further_variance;
    return boost::math::quantile(student, power) * std::sqrt(variance) * error;
  };
  const double level_reach = boost::math::quantile(student, 1 - level / 2);
  const double significant = level_reach * error + to_be_sure(level_reach, 0);
  const double above_noise =
      std::log1p(*contrast.noise_floor) + to_be_sure(in_interval, 2 * (1 - 2 / std::numbers::pi));
  return std::expm1(std::max(significant, above_noise));
}

std::optional<double> log_reach(const RatioEstimate& estimate) {
  if (!estimate.interval) return std::nullopt;
  return std::max(std::log(estimate.interval->high / estimate.ratio),
                  std::log(estimate.ratio / estimate.interval->low));
}

}  // namespace threadmill::results
