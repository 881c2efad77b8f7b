#include "results/contrast.h"

#include <algorithm>
#include <cmath>

namespace threadmill::results {
namespace {

/// The end of the interval that lies further from 1, as a change.
std::optional<double> far_end(const std::optional<RatioEstimate>& control) {
  if (!control || !control->interval) return std::nullopt;
  const auto& [low, high, confidence] = *control->interval;
  return std::expm1(std::max(std::abs(std::log(low)), std::abs(std::log(high))));
}

Contrast contrast(const std::optional<RatioEstimate>& ratio, const std::optional<RatioEstimate>& control) {
  Contrast result{ratio, far_end(control), std::nullopt};
  if (ratio) result.smallest_detectable = smallest_detectable_change(*ratio);
  return result;
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

std::optional<double> log_reach(const RatioEstimate& estimate) {
  if (!estimate.interval) return std::nullopt;
  return std::max(std::log(estimate.interval->high / estimate.ratio),
                  std::log(estimate.ratio / estimate.interval->low));
}

}  // namespace threadmill::results
