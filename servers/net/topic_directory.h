#pragma once
// Which topics have members in which event loop.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "os/fair_shared_mutex.h"
#include "servers/core/topic_map.h"

namespace threadmill::servers {

/// Members of one topic over all loops.
struct TopicMembers {
  std::size_t count = 0;
  std::uint64_t loops = 0;  ///< bit i: loop i has some
};

/// A table behind a readers-writer lock, which no call holds for longer than its own work. Any thread.
class TopicDirectory {
 public:
  /// At most kMostLoops (servers/options.h), as many as TopicMembers::loops has bits.
  explicit TopicDirectory(std::size_t loops) : loops_(loops) {}

  void join(std::string_view topic, std::size_t loop);
  /// For a member that joined.
  void leave(std::string_view topic, std::size_t loop);

  TopicMembers find(std::string_view topic) const;

  /// Every topic that has members, in no order.
  std::vector<std::string> topics() const;

 private:
  struct Entry {
    std::size_t count = 0;
    std::vector<std::size_t> by_loop;
  };
  const std::size_t loops_;
  mutable os::FairSharedMutex mutex_;
  TopicMap<Entry> entries_;
};

}  // namespace threadmill::servers
