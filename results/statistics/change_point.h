#pragma once
// Where a sequence of values changes its level, without assuming a distribution: the test of Pettitt ("A
// non-parametric approach to the change-point problem", Applied Statistics 28, 1979) and, for several
// changes, binary segmentation (Scott and Knott, Biometrics 30, 1974).

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace threadmill::results {

/// A place where a sequence falls into two parts.
struct Split {
  std::size_t at = 0;  ///< the values before it; 1 to one less than there are
  double p_value =
      1;  ///< of parts at least as different, wherever they are split, if the order meant nothing
};

/// Pettitt's test. His formula for the p-value is far off for short sequences, so random orders are drawn
/// instead, the same ones every time. No p-value that they give is below one part in their number; the
/// smallest that there is, of two halves apart, is exact. For one thread.
class SplitTest {
 public:
  static constexpr std::size_t fewest_orders = 19'999;

  /// `orders` are drawn for each length.
  explicit SplitTest(std::size_t orders = fewest_orders) : orders_(orders) {}

  /// The place at which the parts deviate least from their medians; nothing for fewer than two values.
  std::optional<Split> clearest_split(const std::vector<double>& values);

 private:
  const std::vector<double>& drawn_statistics(std::size_t count);

  std::size_t orders_;
  std::map<std::size_t, std::vector<double>> drawn_;  // by length, ascending
};

/// The smallest p-value that a sequence of so many values can give, however clear its change.
double smallest_split_p(std::size_t count);

/// The fewest values that can give a p-value of `significance` or less.
std::size_t split_count_needed(double significance);

/// The changes in several sequences.
struct ChangePoints {
  std::vector<std::vector<Split>> of;  ///< for each sequence, in its order; p-values are corrected
  std::size_t tests = 0;               ///< sequences that are long enough to be tested
};

/// Splits each sequence in two, if that is significant, then its parts, and so on. The
/// p-values of one round (all sequences; then all parts of those that were split) are corrected together by
/// the method of Holm; the more sequences, the more orders are drawn. Sequences that are too short to show
/// anything have no changes, and count as no test.
ChangePoints change_points(const std::vector<std::vector<double>>& sequences, double significance);

}  // namespace threadmill::results
