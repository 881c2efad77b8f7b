#include "loadgen/histogram.h"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace threadmill::load {

std::int64_t Histogram::lowest_in(std::size_t index) noexcept {
  if (index < kUnitBuckets) return static_cast<std::int64_t>(index);
  const std::size_t doubling = (index >> kHalfBits) - 1;
  const std::uint64_t part = index - (doubling << kHalfBits);
  return static_cast<std::int64_t>(part << doubling);
}

std::int64_t Histogram::highest_in(std::size_t index) noexcept { return lowest_in(index + 1) - 1; }

std::pair<std::size_t, std::size_t> Histogram::used() const noexcept {
  if (max_ < 0) return {0, 0};
  return {index_of(static_cast<std::uint64_t>(min_)), index_of(static_cast<std::uint64_t>(max_)) + 1};
}

std::uint64_t Histogram::count() const noexcept {
  const auto [first, last] = used();
  return std::accumulate(counts_.data() + first, counts_.data() + last, std::uint64_t{0});
}

double Histogram::mean() const noexcept {
  double sum = 0;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (counts_[i] == 0) continue;
    const auto middle = (static_cast<double>(lowest_in(i)) + static_cast<double>(highest_in(i))) / 2;
    sum += middle * static_cast<double>(counts_[i]);
    total += counts_[i];
  }
  return total == 0 ? 0 : sum / static_cast<double>(total);
}

std::int64_t Histogram::value_at_percentile(double percentile) const noexcept {
  const std::uint64_t total = count();
  if (total == 0) return 0;
  const double share = std::clamp(percentile, 0.0, 100.0) / 100;
  // Nudged down by one unit in the last place, so that 0.999 of 1000 is 999 in spite of binary fractions.
  const double exact = std::nextafter(share * static_cast<double>(total), 0.0);
  const auto wanted = std::max<std::uint64_t>(static_cast<std::uint64_t>(std::ceil(exact)), 1);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::min(highest_in(i), max());
  }
  return max();
}

void Histogram::merge(const Histogram& other) noexcept {
  for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::reset() noexcept {
  const auto [first, last] = used();
  std::fill(counts_.data() + first, counts_.data() + last, 0);
  min_ = std::numeric_limits<std::int64_t>::max();
  max_ = -1;
}

void Histogram::restore_range(std::int64_t min, std::int64_t max) {
  const bool empty = max_ < 0;
  if (empty && min == 0 && max == 0) return;
  const bool in_range = min >= 0 && min <= max && max <= kHighest;
  if (empty || !in_range ||
      index_of(static_cast<std::uint64_t>(min)) != index_of(static_cast<std::uint64_t>(min_)) ||
      index_of(static_cast<std::uint64_t>(max)) != index_of(static_cast<std::uint64_t>(max_))) {
    throw std::invalid_argument("\"min\" and \"max\" contradict the encoded histogram");
  }
  min_ = min;
  max_ = max;
}

}  // namespace threadmill::load
