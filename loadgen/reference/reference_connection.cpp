#include "loadgen/reference/reference_connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "loadgen/reference/kernel_stamps.h"

namespace threadmill::load::reference {

ReferenceConnection::ReferenceConnection(os::Descriptor socket, std::size_t message_bytes)
    : socket_(std::move(socket)), incoming_(message_bytes) {
  stamp_both_ways(socket_.get());
}

std::optional<Arrival> ReferenceConnection::read() {
  const auto read = receive_stamped(socket_.get(), std::span(incoming_).subspan(incoming_bytes_));
  if (read.bytes == 0) at_end_ = true;
  if (read.bytes < 0 && errno != EAGAIN && errno != EINTR) abandon();
  if (read.bytes <= 0) return std::nullopt;
  incoming_bytes_ += static_cast<std::size_t>(read.bytes);
  if (incoming_bytes_ < incoming_.size()) return std::nullopt;
  const bool shared = read.stamp_ns == std::exchange(last_stamp_ns_, read.stamp_ns);
  return Arrival{read.stamp_ns, shared};
}

std::int64_t ReferenceConnection::hold(RequestLog::Entry entry, std::int64_t due_ns) {
  held_.push_back({incoming_, entry});
  incoming_bytes_ = 0;
  last_due_ns_ = std::max(last_due_ns_, due_ns);
  return last_due_ns_;
}

void ReferenceConnection::release() {
  if (socket_) {
    ++released_;
  } else {
    held_.pop_front();
  }
}

void ReferenceConnection::flush(RequestLog& log) {
  while (socket_ && released_ > 0 && send_front()) reply_left();
  if (socket_) take_stamps(log);
}

/// Whether the whole message is out.
bool ReferenceConnection::send_front() {
  const auto& bytes = held_.front().bytes;
  // MSG_EOR: the kernel must not put the next reply into the same packet, where one stamp would be lost.
  const ssize_t sent = ::send(socket_.get(), bytes.data() + sent_bytes_, bytes.size() - sent_bytes_,
                              MSG_DONTWAIT | MSG_NOSIGNAL | MSG_EOR);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) abandon();
    return false;
  }
  sent_bytes_ += static_cast<std::size_t>(sent);
  stream_bytes_ += static_cast<std::uint32_t>(sent);
  return sent_bytes_ == bytes.size();
}

void ReferenceConnection::reply_left() {
  const auto entry = held_.front().entry;
  if (entry != RequestLog::kNone) unstamped_.push_back({stream_bytes_ - 1, entry});
  held_.pop_front();
  --released_;
  sent_bytes_ = 0;
}

void ReferenceConnection::take_stamps(RequestLog& log) {
  while (const auto departure = next_departure(socket_.get())) {
    // Parts of a message have stamps of their own, and one may get lost: only the same place in the stream
    // counts, modulo 2^32.
    const auto behind = [&](const Sent& sent) {
      return static_cast<std::int32_t>(sent.last_byte - departure->last_byte) < 0;
    };
    while (!unstamped_.empty() && behind(unstamped_.front())) unstamped_.pop_front();
    if (unstamped_.empty() || unstamped_.front().last_byte != departure->last_byte) continue;
    log.set_reply_stamp(unstamped_.front().entry, departure->stamp_ns);
    unstamped_.pop_front();
  }
}

void ReferenceConnection::abandon() {
  socket_.reset();
  for (; released_ > 0; --released_) held_.pop_front();  // the others still have their places in the queue
}

std::uint32_t ReferenceConnection::wanted_events() const {
  return (at_end_ ? 0U : std::uint32_t{EPOLLIN}) | (released_ > 0 ? std::uint32_t{EPOLLOUT} : 0U);
}

}  // namespace threadmill::load::reference
