#include "servers/net/loop_connection.h"

#include <sys/socket.h>

#include <system_error>

#include "os/errors.h"
#include "servers/core/batch_fanout.h"

namespace threadmill::servers {
namespace {

// Where edges are told, a socket is read until it has no more, but not more often than this in one turn: who
// always has more must not keep the others waiting.
constexpr int kReadsPerTurn = 4;

// So much is written whatever --flush says: waiting longer saves nothing, and would let an outbox overflow.
bool is_long(std::size_t bytes, const ServeOptions& options) { return bytes >= batch_limit_bytes(options); }

}  // namespace

LoopConnection::LoopConnection(EventLoop& loop) : loop_(loop), outbox_(loop.options_.outbox_bytes) {}

void LoopConnection::on_events(std::uint32_t events) {
  if (dead_) return;
  if (writer_) return on_events_beside_writer(events);
  if (!loop_.edges_) return act_on(events);
  ready_ |= events;
  list_if_ready();
}

void LoopConnection::go_on() {
  listed_ = false;
  for (int i = 0; i < kReadsPerTurn && !dead_ && (ready_ & (interest_ | EPOLLERR)) != 0; ++i) {
    act_on(ready_ & (interest_ | EPOLLERR | EPOLLHUP));
  }
  if (!dead_) list_if_ready();
}

void LoopConnection::list_if_ready() {
  if (listed_ || (ready_ & (interest_ | EPOLLERR)) == 0) return;
  listed_ = true;
  loop_.listed_.push_back(this);
}

void LoopConnection::act_on(std::uint32_t events) {
  if (events & EPOLLOUT) write_now();
  if (!dead_ && !blocked_ && !waits_ && !closing_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) read();
  if (!dead_ && (events & EPOLLERR)) die();
}

void LoopConnection::read() {
  if (writer_ && rests()) return;
  const auto got = read_some(socket_.get(), loop_.read_buffer_, 0);
  // Fewer bytes than there is room for are all that there are (epoll(7)); but the end, of which there is no
  // second word, may stand behind them.
  const bool has_more = got.bytes.size() == kReadBytes || (ready_ & EPOLLRDHUP) != 0;
  if (got.status == IoStatus::would_block || !has_more) ready_ &= ~std::uint32_t{EPOLLIN};
  if (got.status == IoStatus::would_block) return;
  if (got.status == IoStatus::failed) return die();
  loop_.worked_ = true;
  loop_.had_input_ = loop_.had_input_ || got.status == IoStatus::done;
  if (got.status == IoStatus::ended) {
    if (holds_end()) return;
    closing_ = true;
  } else {
    run_session(got.bytes);
  }
  after_session();
}

void LoopConnection::run_session(std::string_view bytes) {
  if (session_->on_bytes(bytes, outbox_) == Verdict::close) closing_ = true;
  waits_ = session_->waits();
}

void LoopConnection::after_session() {
  if (dead_) return;
  if (outbox_.overflowed()) return cut_off();
  // The end stays readable and would wake the loop until a delayed flush.
  if (closing_ || waits_) watch_for(0);
  write_soon();
}

void LoopConnection::resume() {
  if (dead_ || closing_) return;
  loop_.worked_ = true;
  run_session({});
  after_session();
}

bool LoopConnection::holds_end() {
  if (!loop_.input_ends_) return false;
  watch_for(0);  // the end stays readable
  if (!ended_) loop_.ended_.push_back(this);
  ended_ = true;
  return true;
}

void LoopConnection::close_when_written() {
  if (dead_) return;
  closing_ = true;
  write_soon();
}

void LoopConnection::deliver(const SharedPublication& publication) {
  if (dead_ || closing_) return;
  if (loop_.options_.distribution == Distribution::writers) return deliver_to_writer(publication);
  const std::size_t bytes = publication->bytes.size();
  if (outbox_.empty() && outbox_.takes(bytes) && (loop_.writes_through() || is_long(bytes, loop_.options_))) {
    if (loop_.before_write_) loop_.before_write_();
    return written(write_through(socket_.get(), publication, outbox_));
  }
  // A full outbox may only mean that nobody has tried to write it since it was filled in this turn.
  if (!outbox_.push(publication)) {
    if (!blocked_) write_now();
    if (dead_) return;  // its client has gone: that is not slow
    if (!outbox_.push(publication)) return too_slow(publication->messages);
  }
  write_soon();
}

void LoopConnection::too_slow(std::size_t messages) {
  if (loop_.options_.slow_consumer == SlowConsumer::drop && !session_->resumes()) {
    loop_.counts_.deliveries_dropped += messages;
  } else {
    cut_off();
  }
}

void LoopConnection::cut_off() {
  if (!cut_off_) ++loop_.counts_.slow_disconnected;
  cut_off_ = true;
  die();
}

void LoopConnection::write_soon() {
  if (blocked_) return;
  const bool at_once =
      loop_.options_.flush.kind == FlushKind::immediate || is_long(outbox_.size_bytes(), loop_.options_);
  if (at_once) return write_now();
  if (dirty_) return;
  dirty_ = true;
  loop_.dirty_.push_back(this);
}

void LoopConnection::write_now() {
  if (!writer_) {
    if (loop_.before_write_) loop_.before_write_();
    return written(write_waiting(socket_.get(), outbox_, 0));
  }
  if (!hand_over()) return;
  if (closing_) {
    writer_->queue().close();
  } else {
    writer_->queue().wake();
  }
}

void LoopConnection::written(IoStatus status) {
  if (status == IoStatus::failed) return die();
  blocked_ = status == IoStatus::would_block;
  if (blocked_) ready_ &= ~std::uint32_t{EPOLLOUT};
  if (!blocked_ && closing_) return die();
  const std::uint32_t to_read = waits_ ? std::uint32_t{0} : std::uint32_t{EPOLLIN};
  watch_for(blocked_ ? std::uint32_t{EPOLLOUT} : to_read);
}

void LoopConnection::watch_for(std::uint32_t events) {
  if (interest_ == events) return;
  interest_ = events;
  if (loop_.edges_) return list_if_ready();
  if (!loop_.poller_->change(socket_.get(), events, *this)) os::throw_errno("epoll_ctl");
}

void LoopConnection::die() {
  if (dead_) return;
  dead_ = true;
  loop_.dead_.push_back(this);
}

void LoopConnection::deliver_to_writer(const SharedPublication& publication) {
  if (!writer_ && !start_writer()) return;
  if (!hand_over()) return;
  if (loop_.before_write_) loop_.before_write_();
  if (!writer_->queue().push(publication)) return too_slow(publication->messages);
  write_soon();
}

bool LoopConnection::start_writer() {
  // Called by the writing thread, which may tell epoll so: see rests().
  const auto read_again = [poller = loop_.poller_.get(), fd = socket_.get(), this] {
    poller->change(fd, EPOLLIN, *this);
  };
  try {
    writer_ = std::make_unique<SubscriberWriter>(socket_.get(), loop_.options_.outbox_bytes, read_again);
  } catch (const std::system_error&) {
    ++loop_.counts_.refused;
    die();
    return false;
  }
  blocked_ = false;  // which is the writing thread's affair from now on
  watch_for(EPOLLIN);
  return true;
}

bool LoopConnection::hand_over() {
  if (outbox_.empty()) return true;
  if (loop_.before_write_) loop_.before_write_();
  if (writer_->queue().append(outbox_)) return true;
  cut_off();
  return false;
}

void LoopConnection::on_events_beside_writer(std::uint32_t events) {
  if (interest_ == 0 && (events & EPOLLIN)) interest_ = EPOLLIN;  // the writing thread told epoll so
  if (events & EPOLLERR) return die();
  if (!closing_) return read();
  // The writing thread ends by shutting the socket down.
  if (events & EPOLLHUP) return die();
  watch_for(0);
}

bool LoopConnection::rests() {
  if (!writer_->queue().blocked()) return false;
  watch_for(0);  // beforehand: the writing thread may end the rest at any moment
  if (writer_->queue().rest_while_blocked()) return true;
  watch_for(EPOLLIN);
  return false;
}

}  // namespace threadmill::servers
