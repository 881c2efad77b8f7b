#include "servers/net/loop_acceptor.h"

#include <sys/socket.h>

#include "servers/net/connection_log.h"

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

}  // namespace

ServeCounts serve_in_loop(EventLoop& loop, Listener& listener, const Service& service, Fanout& fanout,
                          const ServeOptions& options, const StopToken& stop) {
  const EventLoop::OpenSession open = [&](Member& self) -> std::unique_ptr<Session> {
    auto session = service.open(fanout, self);
    if (options.connection_log == nullptr) return session;
    return std::make_unique<LoggedSession>(std::move(session), *options.connection_log);
  };
  loop.watch(listener.fd(), [&] {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener.accept(SOCK_NONBLOCK, service.refusal());
      if (!client) return;
      const bool room = loop.connection_count() < options.max_connections;
      if (!room || !loop.adopt(*client, open)) listener.refuse(std::move(*client), service.refusal());
    }
  });
  const auto on_stop = [&] {
    loop.unwatch(listener.fd());
    listener.close();
    loop.end_input();
  };
  loop.run(stop, on_stop, [] { return true; });

  ServeCounts counts = loop.counts();
  counts.accepted = listener.accepted();
  counts.refused += listener.refused();
  return counts;
}

}  // namespace threadmill::servers
