#include "servers/net/child_connection.h"

#include "servers/core/local_fanout.h"
#include "servers/net/blocking_connection.h"
#include "servers/net/stop_by_signal.h"
#include "servers/net/switchboard_client.h"

namespace threadmill::servers {
namespace {

// More than a socket pair and one read hold.
constexpr std::size_t kChannelBytes = 1 << 20;

class ChildMember : public Member {
 public:
  void deliver(const SharedPublication&) override {}  // the parent delivers through the channel
};

bool serve_alone(int socket, const Service& service, const ServeOptions& options) {
  ChildMember self;
  LocalFanout none;
  Outbox outbox(options.outbox_bytes);
  serve_requests(socket, *service.open(none, self), outbox);
  return outbox.overflowed();
}

}  // namespace

ChildServed serve_in_child(int socket, int channel, const Service& service, const ServeOptions& options) {
  const StoppableClient stoppable(socket);
  if (channel < 0) return {.was_slow = serve_alone(socket, service, options)};
  ChildMember self;
  // The parent applies the limit and the policy to what waits for this child. A question to the parent is
  // answered behind all of that, and the child has to take it in to get at the answer.
  Outbox outbox(options.outbox_bytes + options.max_message_bytes + kChannelBytes);
  std::mutex mutex;
  SwitchboardClient switchboard(channel, [&](std::string_view bytes) { outbox.append(bytes); });
  auto session = service.open(switchboard, self);
  serve_with_publications({socket, *session, outbox, mutex, switchboard, {}});
  // Leaves what it joined. The parent answers each leave behind the last delivery, so this takes in all that
  // is on its way to this client.
  session.reset();
  // A parent that hung up has cut the client off itself, and counted it.
  const bool channel_lost = switchboard.gone();
  return {.was_slow = outbox.overflowed() && !channel_lost, .channel_lost = channel_lost};
}

}  // namespace threadmill::servers
