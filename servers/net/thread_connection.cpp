#include "servers/net/thread_connection.h"

#include <optional>

#include "servers/net/connection_log.h"

namespace threadmill::servers {

void ThreadConnection::serve() {
  ConnectionLog* log = shared_.options.connection_log;
  if (log != nullptr) log->opened();
  if (shared_.service.publishes()) {
    serve_and_listen();
  } else {
    const auto session = shared_.service.open(shared_.topics, *this);
    serve_requests(socket_.get(), *session, outbox_);
    if (outbox_.overflowed()) ++shared_.slow_disconnected;
  }
  if (log != nullptr) log->closed();
}

void ThreadConnection::serve_and_listen() {
  std::optional<UnlockedSession> session;
  {
    const std::lock_guard lock(mutex_);
    session.emplace(shared_, *this, mutex_);
  }
  const auto flush = [&] {
    const std::lock_guard lock(mutex_);
    session->flush();
  };
  serve_with_publications({socket_.get(), **session, outbox_, mutex_, *this,
                           session->batches() ? flush : std::function<void()>()});
  const std::lock_guard lock(mutex_);
  if (outbox_.overflowed()) ++shared_.slow_disconnected;
  given_up_ = true;
  session.reset();  // it leaves what it joined
}

}  // namespace threadmill::servers
