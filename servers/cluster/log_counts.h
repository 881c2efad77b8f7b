#pragma once
// What a server of a cluster has to say about its log when it has stopped.

#include <cstdint>

namespace threadmill::servers {

struct LogCounts {
  std::uint64_t entries = 0;     ///< read, each once
  std::uint64_t fetched = 0;     ///< of these, how many had to be asked for
  std::uint64_t lost = 0;        ///< that the log no longer had when they were asked for
  std::uint64_t foreign = 0;     ///< that are no entries of ours
  std::uint64_t repeated = 0;    ///< stored twice, and left out here the second time
  std::uint64_t recognised = 0;  ///< attempts to append again that the log recognised
  std::uint64_t retries = 0;     ///< attempts to append beyond the first
  std::uint64_t refused = 0;     ///< deeds that the log did not confirm in time
};

}  // namespace threadmill::servers
