#pragma once
// Which connections stand beside the load and make the server's life hard.

#include <cstdint>

namespace threadmill::load {

/// The plan's "bystanders". None of them is measured.
struct BystanderLoad {
  std::uint32_t idle = 0;                        ///< open and silent
  std::uint32_t slow_readers = 0;                ///< ask for more than they read
  std::uint32_t slow_reader_bytes_per_s = 1000;  ///< 0: they never read
  std::uint32_t half_open = 0;                   ///< vanished in the middle of a request, without FIN or RST

  std::uint32_t crashers = 0;  ///< send kCrashLine in the middle of the measured window

  std::uint64_t total() const { return std::uint64_t{idle} + slow_readers + half_open + crashers; }
  bool operator==(const BystanderLoad&) const = default;
};

}  // namespace threadmill::load
