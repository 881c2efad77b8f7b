#include "loadgen/ranks/gathered.h"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

namespace threadmill::load {

Gathered gathered(const std::vector<std::int64_t>& lengths) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  std::int64_t total = 0;
  for (const auto length : lengths) total += length;
  if (total > kMost) {
    throw std::runtime_error(fmt::format(
        "the reports of {} ranks are {} bytes together, and MPI gathers {} at most: run fewer processes, "
        "each "
        "with more threads, or for a shorter time (\"stop\"), as a report has figures of each second",
        lengths.size(), total, kMost));
  }
  Gathered all;
  for (const auto length : lengths) {
    all.starts.push_back(static_cast<int>(all.total));
    all.lengths.push_back(static_cast<int>(length));
    all.total += static_cast<std::size_t>(length);
  }
  return all;
}

}  // namespace threadmill::load
