#include "servers/net/loop_connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include "servers/net/socket_io.h"

namespace threadmill::servers {

LoopConnection::LoopConnection(EventLoop& loop, os::Descriptor socket)
    : loop_(loop), socket_(std::move(socket)), outbox_(loop.options_.outbox_bytes) {}

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

void LoopConnection::deliver(const SharedBytes& bytes) {
  if (dead_ || closing_) return;
  if (outbox_.push(bytes)) return write_soon();
  if (loop_.options_.slow_consumer == SlowConsumer::drop) {
    ++loop_.counts_.publications_dropped;
  } else {
    ++loop_.counts_.slow_disconnected;
    die();
  }
}

void LoopConnection::write_soon() {
  if (blocked_ || dirty_) return;
  if (loop_.options_.flush.kind == FlushKind::immediate) return write_now();
  dirty_ = true;
  loop_.dirty_.push_back(this);
}

void LoopConnection::write_now() {
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
