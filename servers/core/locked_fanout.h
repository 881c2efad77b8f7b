#pragma once
// A fan-out for many threads: one table of topics behind a readers-writer lock.

#include "os/fair_shared_mutex.h"
#include "servers/core/local_fanout.h"

namespace threadmill::servers {

/// Any thread may call it. Publishers deliver side by side, joining and leaving waits for them; so a member
/// must not join or leave, nor hold a lock that its deliver() takes while it does.
class LockedFanout : public Fanout {
 public:
  void join(std::string_view topic, Member& member) override;
  void leave(std::string_view topic, Member& member) override;
  std::size_t publish(std::string_view topic, Publication publication) override;
  std::size_t member_count(std::string_view topic) override;
  std::vector<std::string> topics() override;

 private:
  os::FairSharedMutex mutex_;
  LocalFanout table_;
};

}  // namespace threadmill::servers
