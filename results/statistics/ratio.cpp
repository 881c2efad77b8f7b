#include "results/statistics/ratio.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "results/statistics/rank_test.h"

namespace threadmill::results {
namespace {

std::vector<double> logarithms(const std::vector<double>& values) {
  std::vector<double> result;
  for (const double value : values) {
    if (!(value > 0)) throw std::invalid_argument("a ratio needs values above 0");
    result.push_back(std::log(value));
  }
  return result;
}

RatioEstimate from_logarithms(const Shift& shift) {
  RatioEstimate estimate;
  estimate.ratio = std::exp(shift.estimate);
  estimate.p_value = shift.p_value;
  if (const auto& interval = shift.interval)
    estimate.interval = Interval{std::exp(interval->low), std::exp(interval->high), interval->confidence};
  return estimate;
}

}  // namespace

std::optional<RatioEstimate> ratio_of_pairs(const std::vector<double>& ratios) {
  const auto shift = signed_rank_shift(logarithms(ratios));
  if (!shift) return std::nullopt;
  RatioEstimate estimate = from_logarithms(*shift);
  estimate.pairing = Pairing::paired;
  estimate.first_count = estimate.second_count = ratios.size();
  return estimate;
}

std::optional<RatioEstimate> ratio_of_samples(const std::vector<double>& first,
                                              const std::vector<double>& second) {
  const auto shift = rank_sum_shift(logarithms(first), logarithms(second));
  if (!shift) return std::nullopt;
  RatioEstimate estimate = from_logarithms(*shift);
  estimate.pairing = Pairing::unpaired;
  estimate.first_count = first.size();
  estimate.second_count = second.size();
  return estimate;
}

RatioEstimate inverse(const RatioEstimate& estimate) {
  RatioEstimate result = estimate;
  result.ratio = 1 / estimate.ratio;
  if (const auto& interval = estimate.interval)
    result.interval = Interval{1 / interval->high, 1 / interval->low, interval->confidence};
  std::swap(result.first_count, result.second_count);
  return result;
}

std::optional<double> precision_of(const RatioEstimate& estimate) {
  if (!estimate.interval) return std::nullopt;
  return std::max(estimate.interval->high / estimate.ratio - 1, 1 - estimate.interval->low / estimate.ratio);
}

double smallest_p(const RatioEstimate& estimate) {
  return estimate.pairing == Pairing::paired
             ? smallest_signed_rank_p(estimate.first_count)
             : smallest_rank_sum_p(estimate.first_count, estimate.second_count);
}

}  // namespace threadmill::results
