#include "servers/net/locked_connection.h"

#include "servers/net/socket_io.h"

namespace threadmill::servers {

void LockedConnection::deliver(const SharedPublication& publication) {
  const std::lock_guard lock(mutex_);
  if (given_up_) return;
  if (outbox_.empty() && outbox_.takes(publication->bytes.size())) {
    if (write_through(socket_.get(), publication, outbox_) == IoStatus::would_block) write_later();
    return;
  }
  const bool somebody_will_write = !outbox_.empty();
  if (!outbox_.push(publication)) return too_slow(publication->messages);
  if (somebody_will_write) return;
  if (write_waiting(socket_.get(), outbox_, MSG_DONTWAIT) == IoStatus::would_block) write_later();
}

void LockedConnection::too_slow(std::size_t messages) {
  if (shared_.options.slow_consumer == SlowConsumer::drop) {
    shared_.deliveries_dropped += messages;
    return;
  }
  ++shared_.slow_disconnected;
  given_up_ = true;
  shut_down(SHUT_RDWR);  // whoever serves it finds the end of the connection
}

void LiveConnections::add(LockedConnection& connection) {
  const std::lock_guard lock(mutex_);
  connections_.insert(&connection);
  if (shut_down_) connection.shut_down(*shut_down_);
}

void LiveConnections::remove(LockedConnection& connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(&connection);
  if (connections_.empty()) none_left_.notify_all();
}

std::size_t LiveConnections::count() {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

void LiveConnections::shut_down_all(int how) {
  const std::lock_guard lock(mutex_);
  shut_down_ = how;
  for (LockedConnection* connection : connections_) connection->shut_down(how);
}

bool LiveConnections::wait_until_none(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return none_left_.wait_for(lock, limit, [&] { return connections_.empty(); });
}

void LiveConnections::wait_until_none() {
  std::unique_lock lock(mutex_);
  none_left_.wait(lock, [&] { return connections_.empty(); });
}

}  // namespace threadmill::servers
