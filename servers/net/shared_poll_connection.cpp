#include "servers/net/shared_poll_connection.h"

#include <sys/epoll.h>

#include "servers/net/connection_log.h"

namespace threadmill::servers {

SharedPollConnection::SharedPollConnection(SharedByThreads& shared, os::Descriptor socket, int epoll)
    : LockedConnection(shared, std::move(socket)),
      epoll_(epoll),
      session_(std::in_place, shared, *this, mutex_) {}

bool SharedPollConnection::watch() {
  ConnectionLog* log = shared_.options.connection_log;
  const std::lock_guard lock(mutex_);
  if (log != nullptr) log->opened();
  if (arm(EPOLL_CTL_ADD)) return true;
  if (log != nullptr) log->closed();
  return false;
}

bool SharedPollConnection::handle(std::span<char> buffer) {
  std::unique_lock lock(mutex_);
  auto read = ReadResult{IoStatus::would_block, {}};
  if (!blocked_ && !closing_) {
    lock.unlock();
    read = read_some(socket_.get(), buffer, 0);
    lock.lock();
  }
  if (read.status == IoStatus::done) run_session(read.bytes);
  if (read.status == IoStatus::ended) closing_ = true;
  if (read.status != IoStatus::failed && write()) {
    is_served_ = false;
    if (arm(EPOLL_CTL_MOD)) return true;
    is_served_ = true;
  }
  end();
  return false;
}

void SharedPollConnection::run_session(std::string_view bytes) {
  if ((*session_)->on_bytes(bytes, outbox_) == Verdict::close) closing_ = true;
  if (session_->batches()) session_->flush();
}

bool SharedPollConnection::write() {
  if (outbox_.overflowed()) return false;
  const auto status = write_waiting(socket_.get(), outbox_, 0);
  blocked_ = status == IoStatus::would_block;
  return blocked_ || (status == IoStatus::done && !closing_);
}

void SharedPollConnection::end() {
  if (outbox_.overflowed()) ++shared_.slow_disconnected;
  if (shared_.options.connection_log != nullptr) shared_.options.connection_log->closed();
  given_up_ = true;
  session_.reset();  // it leaves what it joined
}

void SharedPollConnection::write_later() {
  blocked_ = true;
  if (!is_served_) arm(EPOLL_CTL_MOD);  // else who serves it does so
}

bool SharedPollConnection::arm(int operation) {
  epoll_event event{};
  event.events = (blocked_ ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
  event.data.ptr = this;
  return ::epoll_ctl(epoll_, operation, socket_.get(), &event) == 0;
}

}  // namespace threadmill::servers
