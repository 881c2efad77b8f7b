#pragma once
// How connections to the target begin.

#include <cstdint>
#include <optional>
#include <string>

#include "loadgen/plan.h"
#include "os/descriptor.h"

namespace threadmill::load {

/// One source address has about 28,000 ports towards one target; beyond this many connections another is
/// taken.
inline constexpr std::uint32_t kConnectionsPerSource = 25'000;

/// The address that connection number `index` leaves from; nothing where the kernel may choose. Only a target
/// in 127.0.0.0/8 has further sources: 127.0.0.2, 127.0.0.3, ...
std::optional<std::string> source_address(const Target& target, std::uint32_t index);

/// A connection under way: non-blocking, TCP_NODELAY. Writable once it is there; then ask connect_error().
struct PendingConnect {
  os::Descriptor fd;
  int error = 0;  ///< errno of what failed at once; 0: under way
};
PendingConnect begin_connect(const Target& target, std::uint32_t index);

/// 0 for a connection that was made, or the errno of its failure (SO_ERROR).
int connect_error(int fd) noexcept;

}  // namespace threadmill::load
