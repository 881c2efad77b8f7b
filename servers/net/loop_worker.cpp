#include "servers/net/loop_worker.h"

#include <sys/socket.h>

#include <utility>

#include "servers/net/logged_session.h"
#include "servers/net/stop_token.h"

namespace threadmill::servers {

LoopWorker::LoopWorker(SharedByLoops& common, std::size_t place, Listener& listener, int control)
    : common_(common),
      clients_(common.clients[place]),
      listener_(listener),
      accepted_before_(listener.accepted()),
      refused_before_(listener.refused()),
      loop_(common.options),
      channels_(loop_, control) {}

int LoopWorker::run() {
  const StopToken stop;
  loop_.watch(listener_.fd(), [this] { accept_waiting(); });
  loop_.after_close([this] { --clients_; });
  const auto on_stop = [this] {
    loop_.unwatch(
        listener_.fd());  // the parent closes it: who asks one worker to stop does not mean its successor
    loop_.end_input();
  };
  loop_.run(stop, on_stop, [] { return true; });
  SharedCounts& counts = common_.counts[0];
  // A client is cut off in one place, here, whether its outbox was full or that of its channel in the parent.
  counts.slow_disconnected += loop_.counts().slow_disconnected;
  counts.deliveries_dropped += loop_.counts().deliveries_dropped;
  return 0;
}

void LoopWorker::accept_waiting() {
  const auto refusal = common_.service.refusal();
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    auto client = listener_.accept(SOCK_NONBLOCK, refusal);
    if (!client) break;
    ++clients_;
    if (common_.has_room() && adopt(*client)) continue;
    --clients_;
    listener_.refuse(std::move(*client), refusal);
  }
  SharedCounts& counts = common_.counts[0];
  counts.accepted += listener_.accepted() - std::exchange(accepted_before_, listener_.accepted());
  counts.refused += listener_.refused() - std::exchange(refused_before_, listener_.refused());
}

bool LoopWorker::adopt(os::Descriptor& client) {
  const bool publishes = common_.service.publishes();
  os::Descriptor channel = publishes ? channels_.connect() : os::Descriptor();
  if (publishes && !channel) return false;
  return loop_.adopt(client, [&, fd = client.get()](Member& self) {
    auto session = publishes ? channels_.open(std::move(channel), common_.service, self, fd)
                             : common_.service.open(nobody_, self);
    return logged(std::move(session), common_.options.connection_log);
  });
}

}  // namespace threadmill::servers
