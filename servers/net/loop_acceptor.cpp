#include "servers/net/loop_acceptor.h"

#include <sys/socket.h>

#include <optional>

#include "servers/net/logged_session.h"
#include "servers/net/loop_ticks.h"

namespace threadmill::servers {
namespace {

/// A listener's clients in a loop, as long as this lives.
class LoopDoor {
 public:
  LoopDoor(EventLoop& loop, Listener& listener, const Service& service, Fanout& fanout,
           const ServeOptions& options)
      : loop_(loop),
        listener_(listener),
        service_(service),
        options_(options),
        open_([this, &fanout](Member& self) {
          return logged(service_.open(fanout, self), options_.connection_log);
        }),
        timer_(watch_ticks(loop, service, fanout)) {
    loop_.watch(listener_.fd(), [this] { accept_waiting(); });
  }

  /// No more clients, and no more ticks.
  void shut() {
    loop_.unwatch(listener_.fd());
    listener_.close();
    if (timer_) loop_.unwatch(timer_.get());
  }

  void count_into(ServeCounts& counts) const {
    counts.accepted += listener_.accepted();
    counts.refused += listener_.refused();
  }

 private:
  void accept_waiting() {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener_.accept(SOCK_NONBLOCK, service_.refusal());
      if (!client) return;
      const bool room = loop_.connection_count() < options_.max_connections;
      if (!room || !loop_.adopt(*client, open_)) listener_.refuse(std::move(*client), service_.refusal());
    }
  }

  EventLoop& loop_;
  Listener& listener_;
  const Service& service_;
  const ServeOptions& options_;
  const EventLoop::OpenSession open_;
  const os::Descriptor timer_;
};

}  // namespace

ServeCounts serve_in_loop(EventLoop& loop, Listener& listener, const Service& service, Fanout& fanout,
                          const ServeOptions& options, const StopToken& stop) {
  LoopDoor first(loop, listener, service, fanout, options);
  std::optional<LoopDoor> second;
  if (const SecondDoor* door = options.second_door) {
    second.emplace(loop, door->listener(), door->service(), fanout, options);
  }
  const auto on_stop = [&] {
    first.shut();
    if (second) second->shut();
    loop.end_input();
  };
  loop.run(stop, on_stop, [] { return true; });

  ServeCounts counts = loop.counts();
  first.count_into(counts);
  if (second) second->count_into(counts);
  return counts;
}

}  // namespace threadmill::servers
