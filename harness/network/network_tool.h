#pragma once
// The programs of iproute2, ip(8) and tc(8).

#include <string>
#include <vector>

#include "harness/process/event_loop.h"

namespace threadmill::harness {

/// Runs a program to its end in the namespace that the descriptor is of. Throws NetworkError that quotes it
/// where it fails, and says which package has it where it is not there. For the thread of the loop.
void run_network_tool(EventLoop& loop, int network_namespace, const std::vector<std::string>& words);

}  // namespace threadmill::harness
