#include "servers/net/ring_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <numeric>

#include "servers/net/socket_io.h"

namespace threadmill::servers {
namespace {

enum ConnectionTag : unsigned { kReceive, kSend };

// What arrives in one turn is answered while the outbox holds less than this: as much as one read may bring.
bool is_filling(const Outbox& outbox, const ServeOptions& options) {
  return outbox.charged_bytes() >= std::min(kReadBytes, options.outbox_bytes / 4);
}

}  // namespace

RingConnection::RingConnection(RingLoop& loop, os::Descriptor socket)
    : loop_(loop), socket_(std::move(socket)), outbox_(loop.options_.outbox_bytes) {}

void RingConnection::on_completion(unsigned tag, int result, std::uint32_t flags) {
  if (tag == kReceive) {
    received(result, flags);
  } else {
    sent(result);
  }
  if (!dead_) return go_on();
  const bool buried = session_ == nullptr;
  if (buried && !receiving_ && !sends()) loop_.gone_.push_back(this);
}

void RingConnection::receive() {
  io_uring_sqe* request = loop_.ring_.request();
  io_uring_prep_recv_multishot(request, socket_.get(), nullptr, 0, 0);
  request->flags |= IOSQE_BUFFER_SELECT;
  request->buf_group = RingBuffers::kGroup;
  Ring::sign(request, *this, kReceive);
  receiving_ = true;
}

void RingConnection::received(int result, std::uint32_t flags) {
  if ((flags & IORING_CQE_F_MORE) == 0) receiving_ = cancelling_ = false;
  if (result > 0) {
    take_in(loop_.buffers_.bytes(result, flags));
  } else if (result == 0) {
    ended_ = true;
  } else if (result == -ENOBUFS) {
    loop_.needs_buffers_ = true;
  } else if (result != -ECANCELED && result != -EINTR && result != -EAGAIN) {
    die();
  }
  loop_.buffers_.give_back(flags);
}

bool RingConnection::holds_back() const {
  return blocked_ || !held_back_.empty() || is_filling(outbox_, loop_.options_);
}

void RingConnection::take_in(std::string_view bytes) {
  if (dead_ || closing_) return;
  if (holds_back()) {
    held_back_.append(bytes);
  } else {
    answer(bytes);
  }
}

void RingConnection::answer(std::string_view bytes) {
  if (session_->on_bytes(bytes, outbox_) == Verdict::close) closing_ = true;
  if (!dead_ && outbox_.overflowed()) cut_off();
}

void RingConnection::answer_held_back() {
  if (held_back_.empty() || blocked_) return;
  std::string_view rest = held_back_;
  while (!rest.empty() && !dead_ && !closing_ && !is_filling(outbox_, loop_.options_)) {
    const auto piece = rest.substr(0, kReadBytes);
    rest.remove_prefix(piece.size());
    answer(piece);
  }
  if (rest.empty() || closing_) {
    std::string().swap(held_back_);
  } else {
    held_back_.erase(0, held_back_.size() - rest.size());
  }
}

void RingConnection::go_on() {
  if (ended_ && held_back_.empty()) closing_ = true;
  if (closing_ && outbox_.empty()) return die();
  if (!outbox_.empty()) send_soon();
  if (ended_) return;
  if (closing_ || blocked_ || held_back_.size() >= kReadBytes) {
    stop_receiving();
  } else if (!receiving_) {
    receive();
  }
}

void RingConnection::stop_receiving() {
  if (!receiving_ || cancelling_) return;
  cancelling_ = true;
  loop_.ring_.cancel(*this, kReceive);
}

void RingConnection::deliver(const SharedPublication& publication) {
  if (dead_ || closing_) return;
  // A full outbox may only mean that nobody has tried to write it since it was filled in this turn.
  bool pushed = outbox_.push(publication);
  if (!pushed) {
    if (!blocked_) write_at_once();
    pushed = !dead_ && outbox_.push(publication);
  }
  if (!pushed) too_slow(publication->messages);
  if (!dead_) send_soon();
}

void RingConnection::too_slow(std::size_t messages) {
  if (dead_) return;
  if (loop_.options_.slow_consumer == SlowConsumer::drop) {
    loop_.counts_.deliveries_dropped += messages;
  } else {
    cut_off();
  }
}

void RingConnection::cut_off() {
  ++loop_.counts_.slow_disconnected;
  die();
}

void RingConnection::send_soon() {
  if (dirty_ || sends()) return;
  dirty_ = true;
  loop_.dirty_.push_back(this);
}

void RingConnection::send() {
  if (dead_ || sends() || outbox_.empty()) return;
  std::array<iovec, RingMessage::kSlots> slots;
  const std::size_t used = outbox_.pin(slots);
  sending_bytes_ = std::accumulate(slots.begin(), slots.begin() + used, std::size_t{0},
                                   [](std::size_t sum, const iovec& slot) { return sum + slot.iov_len; });
  // At first only what the socket takes at once, so that we know when it takes no more; then the kernel waits
  // for room.
  const int flags = MSG_NOSIGNAL | (blocked_ ? 0 : MSG_DONTWAIT);
  io_uring_sqe* request = loop_.ring_.request();
  if (used == 1) {
    io_uring_prep_send(request, socket_.get(), slots[0].iov_base, slots[0].iov_len, flags);
  } else {
    const msghdr& header = loop_.message_of(std::span(slots).first(used));
    io_uring_prep_sendmsg(request, socket_.get(), &header, static_cast<unsigned>(flags));
  }
  Ring::sign(request, *this, kSend);
}

void RingConnection::sent(int result) {
  settle(result);
  if (!dead_) answer_held_back();
}

void RingConnection::settle(int result) {
  const std::size_t asked = std::exchange(sending_bytes_, 0);
  const bool passes = result == -EAGAIN || result == -EINTR;
  const std::size_t taken = result > 0 ? static_cast<std::size_t>(result) : 0;
  outbox_.consume(taken);
  if (result < 0 && !passes) return die();
  blocked_ = taken < asked && result != -EINTR;
}

void RingConnection::write_at_once() {
  if (sends()) {
    // Its completion may stand behind what fills the outbox now.
    const auto result = loop_.ring_.take_result(*this, kSend);
    if (!result) return;
    settle(*result);
    if (dead_ || blocked_) return;
  }
  loop_.confirm();
  const IoStatus status = write_waiting(socket_.get(), outbox_, MSG_DONTWAIT);
  if (status == IoStatus::failed) return die();
  blocked_ = status == IoStatus::would_block;
}

void RingConnection::die() {
  if (dead_) return;
  dead_ = true;
  loop_.dead_.push_back(this);
}

void RingConnection::break_off() {
  if (receiving_ || sends()) {
    ::shutdown(socket_.get(), SHUT_RDWR);
  } else {
    loop_.gone_.push_back(this);
  }
}

}  // namespace threadmill::servers
