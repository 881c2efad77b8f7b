#pragma once
// Peers that are gone without a word, as when their cable is pulled.

#include <string_view>

#include "os/descriptor.h"

namespace threadmill::load {

/// Whether this process may do what vanish() needs (TCP_REPAIR, for CAP_NET_ADMIN only).
bool may_repair_sockets() noexcept;

inline constexpr std::string_view kMayNotRepair =
    "bystanders.half_open needs the socket option TCP_REPAIR, which is for CAP_NET_ADMIN only: run as root, "
    "or allow it (setcap cap_net_admin+ep threadmill-load; --cap-add NET_ADMIN of the container), or leave "
    "half_open out";

/// Whether the peer's kernel has acknowledged everything that was sent (SIOCOUTQ of tcp(7) is 0).
bool all_acknowledged(int fd) noexcept;

/// Closes an established connection so that nothing is sent: under TCP_REPAIR close(2) forgets the socket
/// (tcp_disconnect() in net/ipv4/tcp.c; CRIU moves connections that way), and the peer still believes in it.
/// For as long as the peer is silent, that is: whatever it sends from now on, this kernel, which knows no
/// such connection any more, answers with RST. So first await what the peer has to send: all_acknowledged(),
/// and its answers. False where the option is refused; `fd` is closed with a FIN then.
bool vanish(os::Descriptor fd) noexcept;

}  // namespace threadmill::load
