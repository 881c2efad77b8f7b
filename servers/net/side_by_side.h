#pragma once
// The loops of one server, each on a thread of its own.

#include <functional>
#include <vector>

namespace threadmill::servers {

/// Runs each on a thread of its own and the first here, until all have ended. What one throws is a stop
/// request for the process, which every loop sees, and is thrown when all have ended.
void run_side_by_side(const std::vector<std::function<void()>>& tasks);

}  // namespace threadmill::servers
