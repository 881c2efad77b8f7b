#include "loadgen/steady_rate.h"

#include <cmath>

namespace threadmill::load {

void SteadyRate::add(double rate_per_s) noexcept {
  slices_[added_++ % kSlices] = rate_per_s;
  agreed_ = agrees() ? agreed_ + 1 : 0;
}

/// Of the slices `first` .. `first + count - 1`, the oldest being 0.
SteadyRate::Mean SteadyRate::mean_of(std::size_t first, std::size_t count) const noexcept {
  double sum = 0;
  for (std::size_t i = first; i < first + count; ++i) sum += slices_[(added_ + i) % kSlices];
  const double mean = sum / static_cast<double>(count);
  double squares = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    const double distance = slices_[(added_ + i) % kSlices] - mean;
    squares += distance * distance;
  }
  return {mean, squares / static_cast<double>(count - 1) / static_cast<double>(count)};
}

bool SteadyRate::agrees() const noexcept {
  if (added_ < kSlices) return false;
  const Mean early = mean_of(0, kSlices / 4);
  const Mean late = mean_of(kSlices / 2, kSlices / 2);
  if (late.value <= 0) return false;
  const double difference = std::abs(early.value - late.value);
  const double standard_error = std::sqrt(early.variance_of_it + late.variance_of_it);
  return difference <= kNegligible * late.value || difference <= kMostStandardErrors * standard_error;
}

}  // namespace threadmill::load
