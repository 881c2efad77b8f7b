#pragma once
// One client of the reference server: whole messages in, the same messages out in their order.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "loadgen/reference/request_log.h"
#include "os/descriptor.h"

namespace threadmill::load::reference {

/// Never blocks. Holds each message until it is released; replies leave in the order of their requests. Used
/// by one thread.
class ReferenceConnection {
 public:
  /// `socket` is non-blocking and nothing was sent on it. Throws std::system_error when the kernel gives no
  /// timestamps.
  ReferenceConnection(os::Descriptor socket, std::size_t message_bytes);

  int fd() const { return socket_.get(); }

  /// One read, of no further than the end of one message. Tells of that message when it became whole.
  std::optional<Arrival> read();
  /// The message that read() told of waits for its release from now on. `due_ns` is when it may leave at the
  /// earliest; returned is when it may in fact: not before the one in front of it.
  std::int64_t hold(RequestLog::Entry entry, std::int64_t due_ns);
  /// The message that is held longest may leave.
  void release();
  /// Sends what is released as far as the socket takes it, and takes the stamps of what left.
  void flush(RequestLog& log);
  /// Puts the stamps that have come into the log.
  void take_stamps(RequestLog& log);
  /// The peer is gone for good; what is held will not be sent.
  void abandon();

  /// What epoll should wake for.
  std::uint32_t wanted_events() const;
  std::uint32_t watched_events = 0;  ///< what epoll was last told

  /// Messages whose answer has not left.
  std::size_t held() const { return held_.size(); }
  std::size_t counted_held = 0;  ///< what the server last knew of it

  /// Nothing is to come and nothing to leave: it can be destroyed.
  bool finished() const { return held_.empty() && (at_end_ || !socket_); }

 private:
  struct Reply {
    std::vector<char> bytes;
    RequestLog::Entry entry;
  };
  struct Sent {
    std::uint32_t last_byte;
    RequestLog::Entry entry;
  };
  bool send_front();
  void reply_left();

  os::Descriptor socket_;
  std::vector<char> incoming_;
  std::size_t incoming_bytes_ = 0;
  std::int64_t last_stamp_ns_ = 0;
  std::int64_t last_due_ns_ = 0;
  std::deque<Reply> held_;
  std::size_t released_ = 0;        ///< of held_, from the front
  std::size_t sent_bytes_ = 0;      ///< of the front
  std::uint32_t stream_bytes_ = 0;  ///< sent in all, modulo 2^32, as the kernel counts them
  std::deque<Sent> unstamped_;
  bool at_end_ = false;
};

}  // namespace threadmill::load::reference
