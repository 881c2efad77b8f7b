#include "servers/net/event_loop.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "os/clock.h"
#include "os/errors.h"
#include "servers/net/loop_connection.h"
#include "servers/net/socket_io.h"

namespace threadmill::servers {

class EventLoop::Callback : public Watched {
 public:
  explicit Callback(std::function<void()> on_readable) : on_readable_(std::move(on_readable)) {}
  void on_events(std::uint32_t) override {
    if (!silent_) on_readable_();
  }
  void silence() { silent_ = true; }

 private:
  const std::function<void()> on_readable_;  // not to be cleared: it may be the one that runs
  bool silent_ = false;
};

EventLoop::EventLoop(const ServeOptions& options, std::unique_ptr<Poller> poller)
    : options_(options),
      poller_(std::move(poller)),
      edges_(poller_->tells_edges()),
      read_buffer_(kReadBytes) {}

EventLoop::~EventLoop() = default;

void EventLoop::watch(int fd, std::function<void()> on_readable) {
  auto callback = std::make_unique<Callback>(std::move(on_readable));
  if (!poller_->add(fd, EPOLLIN, *callback)) os::throw_errno("epoll_ctl");
  callbacks_[fd] = std::move(callback);
}

void EventLoop::unwatch(int fd) {
  const auto found = callbacks_.find(fd);
  if (found == callbacks_.end()) return;
  poller_->remove(fd);
  found->second->silence();
  // An event of this turn may still point at it, or it may be the one that is running.
  dead_callbacks_.push_back(std::move(found->second));
  callbacks_.erase(found);
}

bool EventLoop::adopt(os::Descriptor& socket, const OpenSession& open) {
  auto connection = std::make_unique<LoopConnection>(*this);
  if (!watch_connection(socket.get(), *connection)) return false;
  connection->socket_ = std::move(socket);
  connection->session_ = open(*connection);
  auto* key = connection.get();
  connections_[key] = std::move(connection);
  return true;
}

bool EventLoop::watch_connection(int fd, LoopConnection& connection) {
  connection.interest_ = EPOLLIN;
  return edges_ ? poller_->add_for_edges(fd, connection) : poller_->add(fd, EPOLLIN, connection);
}

void EventLoop::cut_off_slow(Member& member) { static_cast<LoopConnection&>(member).cut_off(); }

void EventLoop::resume(Member& member) { static_cast<LoopConnection&>(member).resume(); }

void EventLoop::run(const StopToken& stop, const std::function<void()>& on_stop,
                    const std::function<bool()>& finished) {
  bool stopping = false;
  watch(stop.fd(), [&] { stopping = true; });
  while (!stopping) turn(std::nullopt);
  unwatch(stop.fd());

  on_stop();
  const std::int64_t deadline_ns = os::monotonic_ns() + std::chrono::nanoseconds(options_.drain).count();
  while ((!connections_.empty() || !finished()) && os::monotonic_ns() < deadline_ns) turn(deadline_ns);
  for (auto& [key, connection] : connections_) connection->die();
  bury_dead();
}

void EventLoop::end_input() {
  // recv(2) still returns what has arrived, and then the end, as if the client had stopped sending.
  input_ends_ = true;
  for (auto& [key, connection] : connections_) ::shutdown(connection->socket_.get(), SHUT_RD);
}

void EventLoop::turn(std::optional<std::int64_t> wake_at_ns) {
  const bool may_close = !ended_.empty() && !flush_at_ns_;
  if (!listed_.empty() || may_close) wake_at_ns = 0;  // long past
  if (flush_at_ns_ && (!wake_at_ns || *flush_at_ns_ < *wake_at_ns)) wake_at_ns = flush_at_ns_;
  timespec timeout{};
  if (wake_at_ns) {
    const std::int64_t left_ns = std::max<std::int64_t>(0, *wake_at_ns - os::monotonic_ns());
    timeout = {.tv_sec = left_ns / 1'000'000'000, .tv_nsec = left_ns % 1'000'000'000};
  }
  for (const auto& event : poller_->wait(wake_at_ns ? &timeout : nullptr)) {
    static_cast<Watched*>(event.data.ptr)->on_events(event.events);
  }
  if (edges_) serve_listed();
  if (may_close && !had_input_) close_ended();
  had_input_ = false;
  end_turn();
}

void EventLoop::close_ended() {
  for (LoopConnection* connection : std::exchange(ended_, {})) connection->close_when_written();
}

void EventLoop::serve_listed() {
  std::swap(listed_, serving_);
  for (LoopConnection* connection : serving_) connection->go_on();
  serving_.clear();
}

void EventLoop::end_turn() {
  // Burying comes first, because a session that ends may tell others so, or hand them a batch; and flushing
  // may find others dead.
  do {
    bury_dead();
    flush_if_due();
  } while (!dead_.empty());
  worked_ = false;
  dead_callbacks_.clear();
}

void EventLoop::flush_if_due() {
  const bool waiting = worked_ || !dirty_.empty();
  if (options_.flush.kind == FlushKind::tick && waiting) flush_dirty();
  if (options_.flush.kind != FlushKind::delay) return;
  const std::int64_t now_ns = os::monotonic_ns();
  if (waiting && !flush_at_ns_)
    flush_at_ns_ = now_ns + std::chrono::nanoseconds(options_.flush.delay).count();
  if (flush_at_ns_ && now_ns >= *flush_at_ns_) {
    flush_at_ns_.reset();
    flush_dirty();
  }
}

void EventLoop::flush_dirty() {
  if (before_flush_) before_flush_();
  write_through_ = false;
  // Writing makes nothing dirty: it runs no session.
  for (LoopConnection* connection : dirty_) {
    connection->dirty_ = false;
    if (!connection->dead_) connection->write_now();
  }
  dirty_.clear();
}

void EventLoop::bury_dead() {
  while (!dead_.empty()) {
    const auto is_dead = [](const LoopConnection* connection) { return connection->dead_; };
    std::erase_if(dirty_, is_dead);
    std::erase_if(listed_, is_dead);
    std::erase_if(ended_, is_dead);
    // A session's end may hand a batch to others, which may then be found dead too: they wait for the next
    // round.
    const auto dying = std::exchange(dead_, {});
    for (LoopConnection* connection : dying) {
      // Closing is not enough: a child forked a moment ago may still hold the socket, and epoll would go on
      // reporting it.
      poller_->remove(connection->socket_.get());
      connections_.erase(connection);
      if (after_close_) after_close_();
    }
  }
}

}  // namespace threadmill::servers
