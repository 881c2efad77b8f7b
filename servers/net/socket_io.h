#pragma once
// Moving bytes between a socket and a session's buffers, the same for every model.

#include <cstddef>
#include <span>
#include <string_view>

#include "servers/core/outbox.h"

namespace threadmill::servers {

/// How much one read may bring. Part of the fairness contract.
inline constexpr std::size_t kReadBytes = 64 << 10;

/// What a call on a socket came to.
enum class IoStatus {
  done,         ///< read: bytes arrived; write: the outbox is empty
  would_block,  ///< the socket has nothing, or no room, now
  ended,        ///< read only: the peer sends no more
  failed,       ///< the connection is gone
};

struct ReadResult {
  IoStatus status = IoStatus::failed;
  std::string_view bytes;  ///< in the buffer given
};

/// Reads once. `flags` are those of recv(2): MSG_DONTWAIT for a socket that blocks, where waiting is not
/// wanted.
ReadResult read_some(int fd, std::span<char> buffer, int flags);

/// Writes `publication` past `outbox`, which is empty and takes it, to a socket that does not block; what the
/// socket has no room for waits in `outbox`.
IoStatus write_through(int fd, const SharedPublication& publication, Outbox& outbox);

/// Writes what `outbox` holds until it is empty or the socket takes no more. Without MSG_DONTWAIT in `flags`,
/// on a blocking socket, it waits until all is written.
IoStatus write_waiting(int fd, Outbox& outbox, int flags);

}  // namespace threadmill::servers
