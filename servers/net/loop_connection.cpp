#include "servers/net/loop_connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>

#include "servers/net/socket_io.h"

namespace threadmill::servers {
namespace {

// An outbox this long is written whatever --flush says: waiting longer saves nothing, and would let it
// overflow.
constexpr std::size_t kLongOutboxBytes = 256 << 10;

}  // namespace

LoopConnection::LoopConnection(EventLoop& loop) : loop_(loop), outbox_(loop.options_.outbox_bytes) {}

void LoopConnection::on_events(std::uint32_t events) {
  if (dead_) return;
  if (events & EPOLLOUT) write_now();
  if (!dead_ && !blocked_ && !closing_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) read();
  if (!dead_ && (events & EPOLLERR)) die();
}

void LoopConnection::read() {
  const auto got = read_some(socket_.get(), loop_.read_buffer_, 0);
  if (got.status == IoStatus::would_block) return;
  if (got.status == IoStatus::failed) return die();
  loop_.worked_ = true;
  if (got.status == IoStatus::ended) {
    closing_ = true;
  } else if (session_->on_bytes(got.bytes, outbox_) == Verdict::close) {
    closing_ = true;
  }
  if (dead_) return;
  if (outbox_.overflowed()) {
    ++loop_.counts_.slow_disconnected;
    return die();
  }
  if (closing_) watch_for(0);  // the end stays readable and would wake the loop until a delayed flush
  write_soon();
}

void LoopConnection::deliver(const SharedPublication& publication) {
  if (dead_ || closing_) return;
  // A full outbox may only mean that nobody has tried to write it since it was filled in this turn.
  if (!outbox_.push(publication)) {
    if (!blocked_) write_now();
    if (dead_ || !outbox_.push(publication)) return too_slow(publication->messages);
  }
  write_soon();
}

void LoopConnection::too_slow(std::size_t messages) {
  if (dead_) return;
  if (loop_.options_.slow_consumer == SlowConsumer::drop) {
    loop_.counts_.deliveries_dropped += messages;
  } else {
    ++loop_.counts_.slow_disconnected;
    die();
  }
}

void LoopConnection::write_soon() {
  if (blocked_) return;
  const bool is_long = outbox_.size_bytes() >= std::min(kLongOutboxBytes, loop_.options_.outbox_bytes / 4);
  if (is_long || loop_.options_.flush.kind == FlushKind::immediate) return write_now();
  if (dirty_) return;
  dirty_ = true;
  loop_.dirty_.push_back(this);
}

void LoopConnection::write_now() {
  if (loop_.before_write_) loop_.before_write_();
  const auto status = write_waiting(socket_.get(), outbox_, 0);
  if (status == IoStatus::failed) return die();
  blocked_ = status == IoStatus::would_block;
  if (!blocked_ && closing_) return die();
  watch_for(blocked_ ? EPOLLOUT : EPOLLIN);
}

void LoopConnection::watch_for(std::uint32_t events) {
  if (interest_ == events) return;
  loop_.control(EPOLL_CTL_MOD, socket_.get(), events, this);
  interest_ = events;
}

void LoopConnection::die() {
  if (dead_) return;
  dead_ = true;
  loop_.dead_.push_back(this);
}

}  // namespace threadmill::servers
