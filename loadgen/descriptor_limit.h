#pragma once
// Whether a plan needs more descriptors than there are.

#include <cstdint>
#include <optional>
#include <string>

#include "loadgen/plan.h"

namespace threadmill::load {

/// One line naming the limit and the remedy when `limit` descriptors cannot carry the plan.
std::optional<std::string> descriptor_shortage(const Plan& plan, std::uint64_t limit);

}  // namespace threadmill::load
