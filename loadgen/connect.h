#pragma once
// How connections to the target begin.

#include <cstdint>
#include <optional>
#include <string>

#include "loadgen/plan.h"
#include "os/descriptor.h"

namespace threadmill::load {

/// Whether the target is in 127.0.0.0/8, where connections can leave from any of its addresses.
bool is_loopback_v4(const Target& target);
/// Whether the target is on this machine for certain: 127.0.0.0/8 or ::1.
bool is_loopback(const Target& target);

/// Source addresses towards a target in 127.0.0.0/8: 127.0.0.1 .. 127.255.255.254.
inline constexpr std::uint32_t kLoopbackSources = 0xFF'FFFE;

/// How many connections to one target leave from one source address that has `ports` of them. An eighth is
/// left to others: to what else runs here, and to ports that are not free yet after an earlier run
/// (TIME_WAIT).
constexpr std::uint32_t connections_per_source(std::uint32_t ports) { return ports - ports / 8; }
/// For this machine's range of ports, as it was when it was first asked for. At least 1. From any thread.
std::uint32_t connections_per_source();

/// The address that connection number `index` leaves from, when `per_source` leave from each; nothing where
/// the kernel may choose. Only a target in 127.0.0.0/8 has further sources: 127.0.0.2, 127.0.0.3, ...
std::optional<std::string> source_address(const Target& target, std::uint32_t index,
                                          std::uint32_t per_source);

/// What a connection is to be like, where that must be known before it begins.
struct ConnectOptions {
  int receive_buffer_bytes = 0;  ///< SO_RCVBUF; 0: as the kernel has it
  int segment_bytes = 0;         ///< TCP_MAXSEG, which the peer heeds too; 0: as the route has it
};

/// A connection under way: non-blocking, TCP_NODELAY. Writable once it is there; then ask connect_error().
struct PendingConnect {
  os::Descriptor fd;
  int error = 0;  ///< errno of what failed at once; 0: under way
};
/// Connection number `index` of the run: the number decides where it leaves from.
PendingConnect begin_connect(const Target& target, std::uint32_t index, const ConnectOptions& options = {});

/// 0 for a connection that was made, or the errno of its failure (SO_ERROR).
int connect_error(int fd) noexcept;

}  // namespace threadmill::load
