#include "servers/net/switchboard.h"

#include <sys/socket.h>

#include <array>
#include <string>
#include <utility>

#include "servers/core/switchboard_frame.h"
#include "servers/core/switchboard_session.h"

namespace threadmill::servers {

Switchboard::Switchboard(const Service& service, const ServeOptions& options)
    : service_(service), rooms_(options, topics_, Commit::in_turn, delivery_frame), loop_(options) {
  topics_.lead_to(rooms_.lobby());
  if (rooms_.keeps()) loop_.before_write([this] { rooms_.commit(); });
}

std::optional<Switchboard::Channel> Switchboard::open_channel() const {
  std::array<int, 2> ends = {-1, -1};
  if (service_.publishes() &&
      ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
    return std::nullopt;
  }
  return Channel{os::Descriptor(ends[0]), os::Descriptor(ends[1])};
}

void Switchboard::serve(os::Descriptor ours) {
  if (!ours) return;
  loop_.adopt(ours, [this](Member& member) { return std::make_unique<SwitchboardSession>(topics_, member); });
}

void Switchboard::welcome(os::Descriptor ours) {
  std::string frame;
  append_frame(frame, {FrameKind::welcome, {}, {}});
  if (ours) ::send(ours.get(), frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  serve(std::move(ours));
}

}  // namespace threadmill::servers
