#pragma once
// Connections that are open and silent.

#include "loadgen/bystanders/crowd.h"

namespace threadmill::load {

/// Costs nothing but the sockets while the server is silent too.
class Idle final : public Crowd {
 public:
  Idle(const CrowdPlace& place, std::uint32_t size) : Crowd(place, size) {}

 private:
  void on_connected(std::uint32_t index) override {
    establish(index);
    settle(index);
    watch(index, EPOLLIN);
  }
  /// A server that talks to silent clients is read, so that nothing but the silence is tested.
  void on_event(std::uint32_t index, std::uint32_t) override { discard(index, kMostAtOnce); }

  static constexpr std::uint64_t kMostAtOnce = 1 << 20;
};

}  // namespace threadmill::load
