#pragma once
// How far a fan-out is from what the machine copies at most. Pure.

#include <optional>

#include "results/comparison/comparison.h"

namespace threadmill::results {

/// One delivery a second as a share of what one loopback connection copied in the run's self-test, by the
/// bytes of the payload alone. Nothing where the run measured no such rate, the scenario is no fan-out or has
/// a rate that is set, or its messages differ in size.
std::optional<double> copy_share_of_a_delivery(const Comparison& comparison,
                                               const ScenarioComparison& scenario, const Row& row);

}  // namespace threadmill::results
