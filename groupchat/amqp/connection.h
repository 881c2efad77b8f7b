#pragma once
// A connection to a broker with one channel. Of the group chat, only the files of this folder know
// librabbitmq.

#include <amqp.h>

#include <chrono>
#include <string_view>

#include "groupchat/amqp/broker.h"
#include "protocol/amqp_text.h"

namespace threadmill::groupchat {

using protocol::bytes_of;
using protocol::text_of;

/// The only channel of each connection.
inline constexpr amqp_channel_t kChannel = 1;

/// Connected, logged in, its channel open, until it is destroyed. Any failure leaves it useless: destroy it
/// and make another. Used by one thread.
class Connection {
 public:
  /// Throws BrokerError.
  explicit Connection(const BrokerAddress& address);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  amqp_connection_state_t state() const { return state_; }
  int fd() const { return amqp_get_sockfd(state_); }

  /// Throw BrokerError where the library or the broker says no; `doing`: "publish to NAME".
  void expect(int status, std::string_view doing);
  void expect(const amqp_rpc_reply_t& reply, std::string_view doing);
  /// The same for what the library's short forms of methods have just done.
  void expect_reply(std::string_view doing) { expect(amqp_get_rpc_reply(state_), doing); }
  /// Throws BrokerError where the broker ends the channel or the connection with this method.
  void expect_open(const amqp_method_t& method);

 private:
  void open(const BrokerAddress& address);
  [[noreturn]] void fail(std::string_view doing, std::string_view why);

  std::string name_;
  amqp_connection_state_t state_;
  bool works_ = true;
};

timeval timeval_of(std::chrono::milliseconds time);

}  // namespace threadmill::groupchat
