#include "servers/net/ring_loop.h"

#include <poll.h>

#include <algorithm>

#include "os/clock.h"
#include "servers/net/ring_connection.h"

namespace threadmill::servers {

/// Looks again each time, so that a descriptor which stays readable is called for again.
class RingLoop::Watch : public RingUser {
 public:
  Watch(Ring& ring, int fd, std::function<void()> on_readable)
      : ring_(ring), fd_(fd), on_readable_(std::move(on_readable)) {
    look();
  }
  void on_completion(unsigned, int, std::uint32_t) override {
    if (!on_readable_) return;
    on_readable_();
    look();
  }
  void silence() { on_readable_ = nullptr; }

 private:
  void look() {
    io_uring_sqe* request = ring_.request();
    io_uring_prep_poll_add(request, fd_, POLLIN);
    Ring::sign(request, *this, 0);
  }

  Ring& ring_;
  const int fd_;
  std::function<void()> on_readable_;
};

RingLoop::RingLoop(const ServeOptions& options) : options_(options), buffers_(ring_) {}

RingLoop::~RingLoop() = default;

void RingLoop::watch(int fd, std::function<void()> on_readable) {
  watches_.push_back(std::make_unique<Watch>(ring_, fd, std::move(on_readable)));
}

void RingLoop::adopt(os::Descriptor socket, const OpenSession& open) {
  auto connection = std::make_unique<RingConnection>(*this, std::move(socket));
  connection->session_ = open(*connection);
  connection->receive();
  if (input_ended_) ::shutdown(connection->socket_.get(), SHUT_RD);
  auto* key = connection.get();
  connections_[key] = std::move(connection);
}

void RingLoop::run(const StopToken& stop, const std::function<void()>& on_stop,
                   const std::function<bool()>& finished) {
  ring_.begin();
  bool stopping = false;
  watch(stop.fd(), [&] { stopping = true; });
  auto& stop_watch = *watches_.back();
  while (!stopping) turn(std::nullopt);
  stop_watch.silence();

  on_stop();
  const std::int64_t deadline_ns = os::monotonic_ns() + std::chrono::nanoseconds(options_.drain).count();
  while ((!connections_.empty() || !finished()) && os::monotonic_ns() < deadline_ns) turn(deadline_ns);
  for (auto& [key, connection] : connections_) connection->die();
  bury_dead();
  // The kernel gives back what it has of them at once.
  while (!connections_.empty()) turn(std::nullopt);
  ring_.end();
}

void RingLoop::end_input() {
  input_ended_ = true;
  // What has arrived is still received, and then the end, as if the client had stopped sending.
  for (auto& [key, connection] : connections_) ::shutdown(connection->socket_.get(), SHUT_RD);
}

void RingLoop::turn(std::optional<std::int64_t> until_ns) {
  ring_.wait(until_ns);
  if (ring_.all_submitted()) messages_used_ = 0;
  ring_.deliver();
  end_turn();
}

void RingLoop::end_turn() {
  if (std::exchange(needs_buffers_, false)) buffers_.grow();
  // Burying comes first, because a session that ends may tell others so, or hand them a batch; and flushing
  // may find others dead.
  do {
    bury_dead();
    flush();
  } while (!dead_.empty());
}

void RingLoop::flush() {
  if (dirty_.empty()) return;
  confirm();
  for (RingConnection* connection : dirty_) {
    connection->dirty_ = false;
    connection->send();
  }
  dirty_.clear();
}

void RingLoop::bury_dead() {
  while (!dead_.empty()) {
    // A session's end may hand a batch to others, which may then be found dead too.
    for (RingConnection* connection : std::exchange(dead_, {})) {
      connection->session_.reset();
      connection->break_off();
    }
  }
  if (gone_.empty()) return;
  std::erase_if(dirty_, [](const RingConnection* connection) { return connection->dead_; });
  for (RingConnection* connection : std::exchange(gone_, {})) {
    connections_.erase(connection);
    if (after_close_) after_close_();
  }
}

const msghdr& RingLoop::message_of(std::span<const iovec> slots) {
  if (messages_used_ == messages_.size()) messages_.emplace_back();
  RingMessage& message = messages_[messages_used_++];
  std::copy(slots.begin(), slots.end(), message.slots.begin());
  message.header = {};
  message.header.msg_iov = message.slots.data();
  message.header.msg_iovlen = slots.size();
  return message.header;
}

}  // namespace threadmill::servers
