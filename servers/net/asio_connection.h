#pragma once
// One connection of the models on Boost.Asio: all but how it waits.

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string_view>

#include "servers/core/fanout.h"
#include "servers/core/outbox.h"
#include "servers/core/session.h"
#include "servers/net/slow_consumers.h"
#include "servers/net/socket_io.h"
#include "servers/options.h"

namespace threadmill::servers {

/// Its executor is named, which is quicker than Asio's default: one that can be any.
using AsioExecutor = boost::asio::io_context::executor_type;
using AsioSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, AsioExecutor>;

/// The model waits, as long as alive(), with socket().async_wait(waits_for(), ...) and calls on_ready() when
/// that has completed. Used by one thread at a time.
class AsioConnection : public Member {
 public:
  /// `options` and `slow` outlive it; the socket does not block.
  AsioConnection(const ServeOptions& options, SlowConsumers& slow, AsioSocket socket);

  void open(std::unique_ptr<Session> session) { session_ = std::move(session); }

  AsioSocket& socket() { return socket_; }
  bool alive() const { return !dead_; }
  /// While the socket takes no more, reading rests too, so that answers cannot pile up.
  AsioSocket::wait_type waits_for() const {
    return blocked_ ? AsioSocket::wait_write : AsioSocket::wait_read;
  }

  /// Reads and answers, or writes, as far as it goes without waiting. A wait that was cancelled (`error`)
  /// only means that what to wait for has changed.
  void on_ready(const boost::system::error_code& error);

  /// Written at once, as far as the socket takes it.
  void deliver(const SharedPublication& publication) override;

  /// The session ends, so nothing is delivered any more. The model calls it once the connection is not alive.
  virtual void end() { session_.reset(); }

  /// As if the client had stopped sending (SHUT_RD), or was gone (SHUT_RDWR). Any thread.
  void shut_down(int how);

 protected:
  const Outbox& outbox() const { return outbox_; }
  bool blocked() const { return blocked_; }
  /// Whether the client may still say something.
  bool is_open() const { return !dead_ && !closing_; }
  /// What has been read.
  virtual void take_in(std::string_view bytes) { answer(bytes); }
  /// Has the session answer, and writes.
  void answer(std::string_view bytes);
  /// Puts a publication into the outbox, or does what --slow-consumer says.
  void queue(const SharedPublication& publication);
  void write();
  /// What cannot be left out does not fit, or it may not be left out.
  void cut_off();

 private:
  void read();
  void written(IoStatus status);
  void too_slow(std::size_t messages);
  void die();
  /// Ends the wait under way, unless all of this happens in on_ready(), so that the model looks again.
  void look_again();

  const ServeOptions& options_;
  SlowConsumers& slow_;
  AsioSocket socket_;
  Outbox outbox_;
  std::unique_ptr<Session> session_;
  bool running_ = false;  ///< on_ready() is at work: the model waits for nothing
  bool blocked_ = false;  ///< the socket takes no more
  bool closing_ = false;  ///< close when the outbox is written
  bool dead_ = false;
};

}  // namespace threadmill::servers
