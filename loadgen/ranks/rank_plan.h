#pragma once
// A plan for several processes, and each one's part of it.

#include <cstddef>
#include <optional>
#include <string>

#include "loadgen/capacity.h"
#include "loadgen/run.h"

namespace threadmill::load {

/// `plan` with its threads in each of `ranks` processes. Its connections and its rate stay those of all
/// together. Throws PlanError where it cannot be dealt out so.
Plan plan_for_ranks(const Plan& plan, std::size_t ranks);

/// The threads of one rank, of a plan by plan_for_ranks().
ThreadRange threads_of_rank(const Plan& plan, std::size_t rank, std::size_t ranks);

/// Whether the machine of a rank can carry its part: shortage() of it.
std::optional<std::string> shortage_of_rank(const Plan& plan, ThreadRange range, const Limits& limits);

}  // namespace threadmill::load
