#include "servers/net/asio_connection.h"

#include <sys/socket.h>

#include <array>
#include <memory>

namespace threadmill::servers {

AsioConnection::AsioConnection(const ServeOptions& options, SlowConsumers& slow, AsioSocket socket)
    : options_(options), slow_(slow), socket_(std::move(socket)), outbox_(options.outbox_bytes) {}

void AsioConnection::on_ready(const boost::system::error_code& error) {
  if (dead_ || error == boost::asio::error::operation_aborted) return;
  if (error) return die();
  running_ = true;
  if (blocked_) {
    write();
  } else {
    read();
  }
  running_ = false;
}

void AsioConnection::read() {
  // One for each thread, not for each connection: nothing is in it while a connection waits. Behind a
  // pointer, because what is itself thread_local is cleared in every thread of every model, which takes
  // memory.
  thread_local const auto buffer = std::make_unique_for_overwrite<std::array<char, kReadBytes>>();
  const auto got = read_some(socket_.native_handle(), *buffer, 0);
  if (got.status == IoStatus::would_block) return;
  if (got.status == IoStatus::failed) return die();
  if (got.status == IoStatus::done) return take_in(got.bytes);
  closing_ = true;
  write();
}

void AsioConnection::answer(std::string_view bytes) {
  if (session_->on_bytes(bytes, outbox_) == Verdict::close) closing_ = true;
  if (dead_) return;
  if (outbox_.overflowed()) return cut_off();
  if (!blocked_) write();
}

void AsioConnection::write() { written(write_waiting(socket_.native_handle(), outbox_, 0)); }

void AsioConnection::written(IoStatus status) {
  if (status == IoStatus::failed) return die();
  const bool was_blocked = std::exchange(blocked_, status == IoStatus::would_block);
  if (!blocked_ && closing_) return die();
  if (blocked_ != was_blocked) look_again();
}

void AsioConnection::deliver(const SharedPublication& publication) {
  if (dead_ || closing_) return;
  if (outbox_.empty() && outbox_.takes(publication->bytes.size()))
    return written(write_through(socket_.native_handle(), publication, outbox_));
  queue(publication);
  if (!dead_ && !blocked_) write();
}

void AsioConnection::queue(const SharedPublication& publication) {
  if (dead_ || closing_ || outbox_.push(publication)) return;
  // A full outbox may only mean that nobody has tried to write it.
  if (!blocked_) write();
  if (!dead_ && !outbox_.push(publication)) too_slow(publication->messages);
}

void AsioConnection::too_slow(std::size_t messages) {
  if (options_.slow_consumer == SlowConsumer::drop) {
    slow_.deliveries_dropped += messages;
  } else {
    cut_off();
  }
}

void AsioConnection::cut_off() {
  if (dead_) return;
  ++slow_.disconnected;
  die();
}

void AsioConnection::die() {
  if (std::exchange(dead_, true)) return;
  look_again();
}

void AsioConnection::look_again() {
  boost::system::error_code ignored;
  if (!running_) socket_.cancel(ignored);
}

void AsioConnection::shut_down(int how) { ::shutdown(socket_.native_handle(), how); }

}  // namespace threadmill::servers
