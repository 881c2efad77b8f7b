#pragma once
// Peers that are gone without a word, as when their cable is pulled.

namespace threadmill::load {

/// Whether the peer's kernel has acknowledged everything that was sent (SIOCOUTQ of tcp(7) is 0).
bool all_acknowledged(int fd) noexcept;

/// From now on the kernel drops every packet that arrives for the connected socket before TCP sees it (a
/// socket filter that passes nothing: SO_ATTACH_FILTER of socket(7), for which no rights are needed):
/// whatever the peer sends, nobody acknowledges, answers or resets. What was sent must be acknowledged, or it
/// would be sent again and again. The socket keeps its descriptor and its port. Closing it is a single RST
/// (SO_LINGER with 0 s): a FIN would never see its answer, and outlive the run. Returns an errno, or 0.
int vanish(int fd) noexcept;

}  // namespace threadmill::load
