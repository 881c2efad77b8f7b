#pragma once
// How many descriptors this process may have, and whether a plan needs more.

#include <cstdint>
#include <optional>
#include <string>

#include "loadgen/plan.h"

namespace threadmill::load {

/// Raises the soft limit of open files to the hard limit, and returns it. Throws std::system_error.
std::uint64_t raise_descriptor_limit();

/// One line naming the limit and the remedy when `limit` descriptors cannot carry the plan.
std::optional<std::string> descriptor_shortage(const Plan& plan, std::uint64_t limit);

}  // namespace threadmill::load
