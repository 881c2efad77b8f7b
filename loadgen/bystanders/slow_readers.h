#pragma once
// Clients that ask for more than they read.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/bystanders/crowd.h"
#include "loadgen/bystanders/pace.h"
#include "loadgen/bystanders/script.h"

namespace threadmill::load {

/// Each reads `bytes_per_s` and no more; what it could have read while nothing was there is not made up for.
/// Once the load begins each also asks, several times faster than it reads, for as long as its socket takes
/// it. Their receive buffers are small, and they take segments as if from an Ethernet: with those of lo, 64
/// KB, the server's end takes 2.8 MB before it feels that nobody reads; so, 48 KB (Linux 6.18).
class SlowReaders final : public Crowd {
 public:
  SlowReaders(const CrowdPlace& place, std::uint32_t size, std::uint32_t bytes_per_s,
              const BystanderScript& script);

  void begin(std::int64_t now_ns) override;
  int tick(std::int64_t now_ns) override;
  /// Reads to the end, which counts no more: where the server has closed a connection, its FIN stands behind
  /// all that was not read.
  void finish() override;

 private:
  void on_connected(std::uint32_t index) override;
  void on_event(std::uint32_t index, std::uint32_t events) override;
  void read_confirmation(std::uint32_t index);
  void start_reading(std::uint32_t index);
  bool read_what_is_there();
  void ask(std::uint32_t index, std::uint64_t most);

  std::uint32_t bytes_per_s_;
  std::string greeting_;
  std::string confirmation_;
  std::string requests_;               // one behind the other, to be sent many at a time
  std::size_t request_bytes_;          // of one
  std::vector<std::uint32_t> offset_;  // by connection: into the confirmation, and then into the request
  std::int64_t next_tick_ns_ = 0;
  Pace reading_;
  std::optional<Pace> asking_;  // once the load has begun
};

}  // namespace threadmill::load
