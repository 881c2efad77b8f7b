#pragma once
// When a warm-up may end.

#include <array>
#include <cstddef>
#include <cstdint>

namespace threadmill::load {

/// Tells from the rate of each slice of time whether it is steady, by Geweke's diagnostic (J. Geweke, 1992):
/// the mean of the first quarter of the last kSlices slices is compared with that of their last half, in
/// standard errors. A rate that still grows or falls fails it; one that merely is noisy does not. Since every
/// slice is another chance to agree by accident, kConsecutive slices in a row have to agree: those that share
/// slices are not independent, so this makes an accident rarer, not impossible.
class SteadyRate {
 public:
  static constexpr std::size_t kSlices = 16;
  static constexpr std::size_t kConsecutive = 3;
  static constexpr std::int64_t kSliceNs = 25'000'000;
  static constexpr double kMostStandardErrors = 1.96;  ///< further apart by chance: once in twenty
  static constexpr double kNegligible = 0.01;          ///< of the mean; such a difference counts as none

  void add(double rate_per_s) noexcept;
  bool steady() const noexcept { return agreed_ >= kConsecutive; }

 private:
  struct Mean {
    double value;
    double variance_of_it;
  };
  bool agrees() const noexcept;
  Mean mean_of(std::size_t first, std::size_t count) const noexcept;

  std::array<double, kSlices> slices_{};  // a ring
  std::size_t added_ = 0;
  std::size_t agreed_ = 0;  // the last so many times in a row
};

}  // namespace threadmill::load
