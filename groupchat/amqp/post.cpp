#include "groupchat/amqp/post.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

#include "groupchat/amqp/connection.h"
#include "groupchat/amqp/declare.h"

namespace threadmill::groupchat {
namespace {

/// The id of the message that the broker sends back; its content follows basic.return.
std::string id_of_returned(Connection& connection) {
  amqp_message_t message{};
  connection.expect(amqp_read_message(connection.state(), kChannel, &message, 0), "read what it sent back");
  std::string id(text_of(message.properties.message_id));
  amqp_destroy_message(&message);
  return id;
}

}  // namespace

Post::Post(BrokerAddress address, PostLimits limits, QueueLimits queues)
    : address_(std::move(address)), limits_(limits), queues_(queues), unconfirmed_(limits.window) {
  connect();
}

Post::~Post() = default;

int Post::fd() const { return connection_ ? connection_->fd() : -1; }

void Post::send(Message message) {
  static_cast<void>(write_message(message));  // what cannot be written is told to who wrote it
  unconfirmed_.add(std::move(message));
}

void Post::connect() {
  auto connection = std::make_unique<Connection>(address_);
  declare_exchanges(*connection, queues_);
  amqp_confirm_select(connection->state(), kChannel);
  connection->expect_reply("ask for confirmations");
  connection_ = std::move(connection);
  trouble_.clear();
}

void Post::connect_if_due() {
  if (connection_ || std::chrono::steady_clock::now() < next_attempt_) return;
  try {
    connect();
  } catch (const BrokerError& error) {
    lose_connection(error);
  }
}

void Post::lose_connection(const BrokerError& error) {
  connection_.reset();
  trouble_ = error.what();
  next_attempt_ = std::chrono::steady_clock::now() + limits_.retry_every;
  published_again_ += unconfirmed_.connection_lost();
}

std::vector<Outcome> Post::turn(std::chrono::milliseconds wait) {
  std::vector<Outcome> outcomes;
  connect_if_due();
  if (!connection_) {
    std::this_thread::sleep_for(std::min(wait, limits_.retry_every));
    return outcomes;
  }
  try {
    publish_due();
    read_answers(wait, outcomes);
  } catch (const BrokerError& error) {
    lose_connection(error);
  }
  return outcomes;
}

void Post::publish_due() {
  while (const Message* message = unconfirmed_.next_to_publish()) {
    publish(*message);
    unconfirmed_.was_published();
  }
}

void Post::publish(const Message& message) {
  const std::string body = write_message(message);
  const std::string exchange = exchange_of(message.kind);
  const std::string key = key_of(message);
  amqp_basic_properties_t properties{};
  properties._flags =
      AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG;
  properties.content_type = bytes_of("application/json");
  properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  properties.message_id = bytes_of(message.id);
  // "mandatory": what nobody receives comes back, so that its sender hears of it.
  connection_->expect(amqp_basic_publish(connection_->state(), kChannel, bytes_of(exchange), bytes_of(key),
                                         true, false, &properties, bytes_of(body)),
                      "publish");
}

void Post::read_answers(std::chrono::milliseconds wait, std::vector<Outcome>& outcomes) {
  timeval timeout = timeval_of(wait);
  for (;;) {
    amqp_maybe_release_buffers(connection_->state());
    amqp_frame_t frame{};
    const int status = amqp_simple_wait_frame_noblock(connection_->state(), &frame, &timeout);
    if (status == AMQP_STATUS_TIMEOUT) return;
    connection_->expect(status, "read");
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;
    const auto& method = frame.payload.method;
    connection_->expect_open(method);
    std::vector<Outcome> some;
    if (method.id == AMQP_BASIC_RETURN_METHOD) {
      unconfirmed_.returned(id_of_returned(*connection_));
    } else if (method.id == AMQP_BASIC_ACK_METHOD) {
      const auto& ack = *static_cast<const amqp_basic_ack_t*>(method.decoded);
      some = unconfirmed_.answered(ack.delivery_tag, ack.multiple != 0, true);
    } else if (method.id == AMQP_BASIC_NACK_METHOD) {
      const auto& nack = *static_cast<const amqp_basic_nack_t*>(method.decoded);
      some = unconfirmed_.answered(nack.delivery_tag, nack.multiple != 0, false);
    }
    std::move(some.begin(), some.end(), std::back_inserter(outcomes));
    timeout = timeval_of(std::chrono::milliseconds(0));
  }
}

}  // namespace threadmill::groupchat
