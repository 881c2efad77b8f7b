#pragma once
// Two sets of blocks set against each other, with an A/A control beside: what `ab` and `gate` judge. Pure
// functions; every thread may call them.

#include <cstddef>
#include <optional>
#include <vector>

#include "results/gate/blocks.h"
#include "results/statistics/multiple_tests.h"
#include "results/statistics/ratio.h"

namespace threadmill::results {

/// How many times the second is the first, and what noise alone would have shown.
struct Contrast {
  std::optional<RatioEstimate> ratio;         ///< second / first; nothing where a side has no block
  std::optional<double> noise_floor;          ///< largest change (0.012: 1.2 %) of a subject against itself:
                                              ///< the far end of the interval of the A/A control
  std::optional<double> smallest_detectable;  ///< see smallest_detectable_change(); set by who knows how many
                                              ///< tests there are

  /// Whether the estimate lies further from 1 than noise brought the A/A control.
  bool above_noise() const;
};

/// Both sides ran in the same blocks: `ratios` are second / first of each repeat.
Contrast contrast_of_pairs(const ByRepeat& ratios);

/// Each side ran in blocks of its own: other days, other machines.
Contrast contrast_of_samples(const BlockSamples& first, const BlockSamples& second);

/// The contrast of first / second, of which the control and the power are the same.
Contrast inverse(const Contrast& contrast);

/// The true change (0.03: 3 %) that another run as noisy as this one finds 9 times of 10: above noise, with a
/// p-value below `significance_level` when corrected for `tests` tests. Nothing where so few samples find
/// none.
std::optional<double> smallest_detectable_change(const Contrast& contrast, std::size_t tests);

/// How far the estimate's interval reaches on its wider side, as a logarithm; nothing without an interval.
std::optional<double> log_reach(const RatioEstimate& estimate);

}  // namespace threadmill::results
