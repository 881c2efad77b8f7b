#pragma once
// A network between two namespaces for kernels without netem.

#include <atomic>
#include <thread>

#include "harness/network/network_conditions.h"
#include "os/descriptor.h"

namespace threadmill::harness {

/// A thread of this process that passes packets from a tun(4) device in each of two namespaces on to the
/// other, as late and as few as the conditions say. The devices go with it, or with this process. It takes
/// some 10 us of CPU for each packet, on the CPUs of whoever makes it and before anybody else there: an
/// emulator that waits for a CPU would add to the delay. The constructor and the destructor are for one
/// thread.
class PacketRelay {
 public:
  /// The devices are called `device`, and down. Throws NetworkError where there can be none.
  PacketRelay(int one_namespace, int other_namespace, const char* device,
              const NetworkConditions& conditions);
  ~PacketRelay();
  PacketRelay(const PacketRelay&) = delete;
  PacketRelay& operator=(const PacketRelay&) = delete;

  /// From now on every packet is lost; or no more than the conditions say.
  void cut(bool on) { cut_ = on; }

 private:
  os::Descriptor one_;
  os::Descriptor other_;
  os::Descriptor stop_;
  std::atomic<bool> cut_{false};
  std::thread thread_;
};

}  // namespace threadmill::harness
