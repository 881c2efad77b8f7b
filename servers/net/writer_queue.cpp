#include "servers/net/writer_queue.h"

#include <array>
#include <utility>

namespace threadmill::servers {

WriterQueue::WriterQueue(std::size_t limit_bytes, std::function<void()> on_drained)
    : limit_bytes_(Outbox::chargeable_bytes(limit_bytes)),
      on_drained_(std::move(on_drained)),
      waiting_(2 * limit_bytes) {}

bool WriterQueue::has_room(std::size_t bytes) const {
  return waiting_.charged_bytes() + being_written_bytes_ + bytes <= limit_bytes_;
}

void WriterQueue::wait_for_room(Lock& lock, std::size_t bytes) {
  const auto settled = [&] { return ended_ || blocked_ || has_room(bytes); };
  if (settled()) return;
  if (std::exchange(sleeps_, false)) work_.notify_one();
  room_.wait(lock, settled);
}

void WriterQueue::unlock_and_wake(Lock& lock) {
  const bool slept = std::exchange(sleeps_, false);
  lock.unlock();
  if (slept) work_.notify_one();
}

bool WriterQueue::push(const SharedPublication& publication) {
  const std::size_t bytes = publication->bytes.size();
  Lock lock(mutex_);
  wait_for_room(lock, bytes);
  if (ended_) return true;
  if (!has_room(bytes)) return false;
  waiting_.push(publication);
  return true;
}

bool WriterQueue::append(Outbox& replies) {
  std::array<iovec, 16> slots;
  Lock lock(mutex_);
  wait_for_room(lock, replies.size_bytes());
  while (!replies.empty()) {
    std::size_t moved_bytes = 0;
    const std::size_t used = replies.gather(slots);
    for (const iovec& slot : std::span(slots).first(used)) {
      if (!ended_) waiting_.append({static_cast<const char*>(slot.iov_base), slot.iov_len});
      moved_bytes += slot.iov_len;
    }
    replies.consume(moved_bytes);
  }
  return !waiting_.overflowed();
}

void WriterQueue::wake() {
  Lock lock(mutex_);
  unlock_and_wake(lock);
}

bool WriterQueue::blocked() {
  const Lock lock(mutex_);
  return blocked_;
}

bool WriterQueue::rest_while_blocked() {
  const Lock lock(mutex_);
  if (blocked_) resting_ = true;
  return blocked_;
}

void WriterQueue::close() {
  Lock lock(mutex_);
  closed_ = true;
  unlock_and_wake(lock);
}

void WriterQueue::abandon() {
  Lock lock(mutex_);
  ended_ = true;
  unlock_and_wake(lock);
}

bool WriterQueue::take(Outbox& writing) {
  Lock lock(mutex_);
  being_written_bytes_ = 0;
  room_.notify_one();
  if (waiting_.empty() && std::exchange(resting_, false)) {
    lock.unlock();
    on_drained_();
    lock.lock();
  }
  while (!ended_ && !closed_ && waiting_.empty()) {
    sleeps_ = true;  // again each time, for a wake-up takes it back
    work_.wait(lock);
  }
  sleeps_ = false;
  if (ended_ || waiting_.empty()) return false;
  std::swap(waiting_, writing);
  being_written_bytes_ = writing.charged_bytes();
  return true;
}

void WriterQueue::set_blocked(bool is_blocked) {
  const Lock lock(mutex_);
  blocked_ = is_blocked;
  if (is_blocked) room_.notify_one();
}

void WriterQueue::fail() {
  const Lock lock(mutex_);
  ended_ = true;
  blocked_ = false;
  room_.notify_one();
}

}  // namespace threadmill::servers
