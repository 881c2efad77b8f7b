#include "servers/net/loop_acceptor.h"

#include <sys/socket.h>

#include <optional>

#include "servers/net/connection_log.h"
#include "servers/net/loop_ticks.h"

namespace threadmill::servers {
namespace {

/// Tells the log when its connection opens and closes.
class LoggedSession : public Session {
 public:
  LoggedSession(std::unique_ptr<Session> session, ConnectionLog& log)
      : session_(std::move(session)), log_(log) {
    log_.opened();
  }
  ~LoggedSession() override { log_.closed(); }
  Verdict on_bytes(std::string_view bytes, Outbox& out) override { return session_->on_bytes(bytes, out); }

 private:
  std::unique_ptr<Session> session_;
  ConnectionLog& log_;
};

/// A listener's clients in a loop, as long as this lives.
class LoopDoor {
 public:
  LoopDoor(EventLoop& loop, Listener& listener, const Service& service, Fanout& fanout,
           const ServeOptions& options)
      : loop_(loop),
        listener_(listener),
        service_(service),
        options_(options),
        open_([this, &fanout](Member& self) { return open(fanout, self); }),
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

  std::unique_ptr<Session> open(Fanout& fanout, Member& self) const {
    auto session = service_.open(fanout, self);
    if (options_.connection_log == nullptr) return session;
    return std::make_unique<LoggedSession>(std::move(session), *options_.connection_log);
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
