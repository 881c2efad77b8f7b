#pragma once
// Peers that vanish in the middle of a request.

#include <cstdint>
#include <string>
#include <vector>

#include "loadgen/bystanders/crowd.h"
#include "loadgen/bystanders/script.h"

namespace threadmill::load {

/// Each sends half of a request, waits until the server's kernel has it (and for what a server answers even
/// to that, so that nothing is under way that is sent again), and vanishes before the load begins; see
/// vanish.h.
class HalfOpen final : public Crowd {
 public:
  HalfOpen(const CrowdPlace& place, std::uint32_t size, const BystanderScript& script);

  /// Throws std::system_error where the kernel does not let a peer vanish.
  int tick(std::int64_t now_ns) override;

 private:
  void on_connected(std::uint32_t index) override;
  void on_event(std::uint32_t index, std::uint32_t events) override;
  void send_rest(std::uint32_t index);
  void read_answer(std::uint32_t index);
  void vanish_if_ready(std::uint32_t index);

  struct Left {
    std::uint32_t unsent;      // of the half request
    std::uint32_t unanswered;  // of what the server answers to it
  };

  static constexpr std::uint64_t kMostAtOnce = 1 << 20;

  std::string half_request_;
  std::vector<Left> left_;              // by connection
  std::vector<std::uint32_t> waiting_;  // for the last acknowledgement, which no event tells of
};

}  // namespace threadmill::load
