#include "groupchat/amqp/connection.h"

#include <amqp_tcp_socket.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <new>

namespace threadmill::groupchat {
namespace {

constexpr std::chrono::milliseconds kConnectTimeout{2'000};
// Of logging in: a broker that has much to do, or has just started, accepts long before it answers.
constexpr std::chrono::milliseconds kHandshakeTimeout{20'000};
// Of what the broker is asked to do. A quorum queue that has just come back elects its leader first.
constexpr std::chrono::milliseconds kAnswerTimeout{20'000};
constexpr std::chrono::milliseconds kGoodbyeTimeout{1'000};
// A broker that is silent for twice as long is gone.
constexpr int kHeartbeatSeconds = 10;
// A broker that reads nothing for so long (a disk that is full) counts as gone, too; the library itself
// would wait for ever.
constexpr unsigned kUnreadTimeoutMs = 30'000;
constexpr int kMostFrameBytes = 128 << 10;

/// The reason that the broker gave, or "".
std::string_view reason_in(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    return text_of(static_cast<const amqp_channel_close_t*>(method.decoded)->reply_text);
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    return text_of(static_cast<const amqp_connection_close_t*>(method.decoded)->reply_text);
  }
  return {};
}

}  // namespace

timeval timeval_of(std::chrono::milliseconds time) {
  return {.tv_sec = time.count() / 1000, .tv_usec = time.count() % 1000 * 1000};
}

Connection::Connection(const BrokerAddress& address)
    : name_(address.to_string()), state_(amqp_new_connection()) {
  if (state_ == nullptr) throw std::bad_alloc();
  try {
    open(address);
  } catch (const BrokerError&) {
    amqp_destroy_connection(state_);
    throw;
  }
}

void Connection::open(const BrokerAddress& address) {
  const timeval connect_timeout = timeval_of(kConnectTimeout);
  const timeval handshake_timeout = timeval_of(kHandshakeTimeout);
  const timeval answer_timeout = timeval_of(kAnswerTimeout);
  amqp_set_handshake_timeout(state_, &handshake_timeout);
  amqp_set_rpc_timeout(state_, &answer_timeout);
  amqp_socket_t* socket = amqp_tcp_socket_new(state_);
  if (socket == nullptr) throw std::bad_alloc();
  expect(amqp_socket_open_noblock(socket, address.host.c_str(), address.port, &connect_timeout), "connect");
  ::setsockopt(fd(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnreadTimeoutMs, sizeof(kUnreadTimeoutMs));
  expect(
      amqp_login(state_, address.virtual_host.c_str(), AMQP_DEFAULT_MAX_CHANNELS, kMostFrameBytes,
                 kHeartbeatSeconds, AMQP_SASL_METHOD_PLAIN, address.user.c_str(), address.password.c_str()),
      fmt::format("log in as {}", address.user));
  amqp_channel_open(state_, kChannel);
  expect_reply("open a channel");
}

Connection::~Connection() {
  if (works_) {
    const timeval goodbye = timeval_of(kGoodbyeTimeout);
    amqp_set_rpc_timeout(state_, &goodbye);
    amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
  }
  amqp_destroy_connection(state_);
}

void try_login(const BrokerAddress& address) { const Connection connection(address); }

void Connection::fail(std::string_view doing, std::string_view why) {
  works_ = false;
  throw BrokerError(fmt::format("broker {}: {}: {}", name_, doing, why));
}

void Connection::expect(int status, std::string_view doing) {
  if (status != AMQP_STATUS_OK) fail(doing, amqp_error_string2(status));
}

void Connection::expect(const amqp_rpc_reply_t& reply, std::string_view doing) {
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
    fail(doing, amqp_error_string2(reply.library_error));
  const auto reason = reason_in(reply.reply);
  fail(doing, reason.empty() ? "it closed the connection" : reason);
}

void Connection::expect_open(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD || method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    fail("it ends the connection", reason_in(method));
  }
}

}  // namespace threadmill::groupchat
