#pragma once
// Samples from ABBA blocks. Repeats 2k and 2k+1 of a scenario are block k: the second runs the subjects in
// the mirrored order of the first, so that a block's mean is free of linear drift, and one of its trials is
// not. So blocks are the samples, not trials. Pure functions; every thread may call them.

#include <string>
#include <vector>

#include "results/comparison/row.h"

namespace threadmill::results {

/// Why nobody may put the row's values of the metric in proportion to another row's: a reason without a full
/// stop; "" where one may.
std::string what_spoils(const Row& row, Metric metric);

/// One value for each block of which both repeats are there.
struct BlockSamples {
  std::vector<double> values;  ///< geometric mean of the two repeats
  /// The A/A control: the square root of one repeat's value over the other's, the first over the second in
  /// every other block and the reverse in the rest. It is as noisy as the geometric mean, from the very same
  /// trials, and there is no difference between subjects in it: what it shows is noise.
  std::vector<double> against_itself;
};

/// Values must be above 0: see what_spoils().
BlockSamples blocks_of(const ByRepeat& by_repeat);

}  // namespace threadmill::results
