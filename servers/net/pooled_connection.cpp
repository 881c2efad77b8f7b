#include "servers/net/pooled_connection.h"

#include <sys/epoll.h>

#include <utility>

#include "servers/net/socket_io.h"

namespace threadmill::servers {

void LoopInbox::post(PooledConnection& connection, bool has_run) {
  const std::lock_guard lock(mutex_);
  if (has_run) connection.has_run_ = true;
  if (std::exchange(connection.posted_, true)) return;
  posted_.push_back(&connection);
  if (posted_.size() == 1) wake_.signal();
}

const std::vector<PooledConnection*>& LoopInbox::take() {
  taken_.clear();
  const std::lock_guard lock(mutex_);
  wake_.acknowledge();
  std::swap(posted_, taken_);
  for (PooledConnection* connection : taken_) {
    connection->posted_ = false;
    connection->taken_has_run_ = std::exchange(connection->has_run_, false);
  }
  return taken_;
}

PooledConnection::PooledConnection(SharedByThreads& shared, os::Descriptor socket, int epoll,
                                   HandlerPool& pool, LoopInbox& inbox)
    : LockedConnection(shared, std::move(socket)),
      epoll_(epoll),
      pool_(pool),
      inbox_(inbox),
      session_(std::in_place, shared, *this, mutex_) {}

bool PooledConnection::watch() {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.ptr = this;
  interest_ = EPOLLIN;
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_.get(), &event) == 0;
}

bool PooledConnection::on_event(std::span<char> buffer) {
  interest_ = 0;
  const std::lock_guard lock(mutex_);
  if (ending_) return true;
  if (!blocked_ && !runs_ && !closing_) {
    if (pool_.full()) return std::exchange(waits_, true);
    const auto got = read_some(socket_.get(), buffer, 0);
    if (got.status == IoStatus::done) {
      runs_ = true;
      pool_.queue(*this, std::string(got.bytes));
      return true;
    }
    closing_ = got.status == IoStatus::ended;
    broken_ = got.status == IoStatus::failed;
  }
  attend();
  return true;
}

bool PooledConnection::retry(std::span<char> buffer) {
  waits_ = false;
  return on_event(buffer);
}

bool PooledConnection::on_post() {
  if (taken_has_run_) runs_ = false;
  if (ending_) return runs_;
  const std::lock_guard lock(mutex_);
  attend();
  return true;
}

void PooledConnection::run(std::string_view input) {
  std::unique_lock lock(mutex_);
  if (input.empty()) {
    if (outbox_.overflowed()) ++shared_.slow_disconnected;
    given_up_ = true;
    session_.reset();  // it leaves what it joined
  } else {
    if ((*session_)->on_bytes(input, outbox_) == Verdict::close) closing_ = true;
    if (session_->batches()) session_->flush();
  }
  lock.unlock();
  inbox_.post(*this, true);  // the loop may destroy it from here on
}

void PooledConnection::attend() {
  write();
  const bool is_over = broken_ || (closing_ && !blocked_);
  if (is_over && !runs_) {
    runs_ = true;
    ending_ = true;
    pool_.queue(*this, {});
  } else if (!is_over) {
    const bool reads = !runs_ && !waits_ && !closing_;
    if (blocked_ || reads) watch_for(blocked_ ? EPOLLOUT : EPOLLIN);
  }
}

void PooledConnection::write() {
  if (broken_) return;
  const auto status = outbox_.overflowed() ? IoStatus::failed : write_waiting(socket_.get(), outbox_, 0);
  broken_ = status == IoStatus::failed;
  blocked_ = status == IoStatus::would_block;
}

void PooledConnection::watch_for(std::uint32_t events) {
  if (events == interest_) return;
  interest_ = events;
  epoll_event event{};
  event.events = events | EPOLLONESHOT;
  event.data.ptr = this;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket_.get(), &event);
}

void PooledConnection::deliver(const SharedPublication& publication) {
  const std::lock_guard lock(mutex_);
  if (given_up_) return;
  if (!outbox_.push(publication)) {
    if (!blocked_) blocked_ = write_waiting(socket_.get(), outbox_, 0) == IoStatus::would_block;
    if (!outbox_.push(publication)) return too_slow(publication->messages);
  }
  write_later();
}

}  // namespace threadmill::servers
