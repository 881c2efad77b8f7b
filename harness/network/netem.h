#pragma once
// The kernel's emulator of networks, netem (tc-netem(8)), at one end of a line.

#include <string>
#include <vector>

#include "harness/network/network_conditions.h"
#include "harness/process/event_loop.h"

namespace threadmill::harness {

/// What follows `tc qdisc add dev DEVICE root`.
std::vector<std::string> netem_words(const NetworkConditions& conditions);

/// From now on nothing that `device` sends arrives; or again under these conditions. Of a device to which
/// netem was added. Throw NetworkError.
void cut_with_netem(EventLoop& loop, int network_namespace, const std::string& device);
void join_with_netem(EventLoop& loop, int network_namespace, const std::string& device,
                     const NetworkConditions& conditions);

/// Lets `device` of the namespace send under these conditions. False where the kernel has no netem; throws
/// NetworkError for anything else. For the thread of the loop.
bool try_add_netem(EventLoop& loop, int network_namespace, const std::string& device,
                   const NetworkConditions& conditions);

}  // namespace threadmill::harness
