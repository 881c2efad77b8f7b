#include "groupchat/amqp/mailbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "groupchat/amqp/connection.h"
#include "groupchat/amqp/declare.h"

namespace threadmill::groupchat {
namespace {

/// The header "x-delivery-count" of a quorum queue; 0 where there is none.
std::int64_t delivery_count(const amqp_basic_properties_t& properties) {
  if ((properties._flags & AMQP_BASIC_HEADERS_FLAG) == 0) return 0;
  for (int i = 0; i < properties.headers.num_entries; ++i) {
    const auto& entry = properties.headers.entries[i];
    if (text_of(entry.key) != "x-delivery-count") continue;
    if (entry.value.kind == AMQP_FIELD_KIND_I64) return entry.value.value.i64;
    if (entry.value.kind == AMQP_FIELD_KIND_I32) return entry.value.value.i32;
    if (entry.value.kind == AMQP_FIELD_KIND_I16) return entry.value.value.i16;
    if (entry.value.kind == AMQP_FIELD_KIND_I8) return entry.value.value.i8;
  }
  return 0;
}

Delivery delivery_of(const amqp_envelope_t& envelope, std::uint64_t connection) {
  return {.body = std::string(text_of(envelope.message.body)),
          .redelivered = envelope.redelivered != 0,
          .deliveries_before = delivery_count(envelope.message.properties),
          .tag = envelope.delivery_tag,
          .connection = connection};
}

}  // namespace

Mailbox::Mailbox(BrokerAddress address, std::string user, std::vector<Kind> kinds, MailboxLimits limits,
                 QueueLimits queues)
    : address_(std::move(address)),
      user_(std::move(user)),
      kinds_(std::move(kinds)),
      limits_(limits),
      queues_(queues) {
  connect();
}

Mailbox::~Mailbox() = default;

int Mailbox::fd() const { return connection_ ? connection_->fd() : -1; }

void Mailbox::connect() {
  auto connection = std::make_unique<Connection>(address_);
  declare_exchanges(*connection, queues_);
  amqp_basic_qos(connection->state(), kChannel, 0, limits_.prefetch, false);
  connection->expect_reply("limit what it sends at once");
  for (const Kind kind : kinds_) {
    waiting_[static_cast<std::size_t>(kind)] = declare_inbox(*connection, user_, kind, queues_);
  }
  for (const Kind kind : kinds_) {
    const std::string queue = inbox_of(user_, kind);
    amqp_basic_consume(connection->state(), kChannel, bytes_of(queue), amqp_empty_bytes, false, false, false,
                       amqp_empty_table);
    connection->expect_reply(fmt::format("read queue {}", queue));
  }
  connection_ = std::move(connection);
  ++connections_;
  trouble_.clear();
}

void Mailbox::connect_if_due() {
  if (connection_ || std::chrono::steady_clock::now() < next_attempt_) return;
  try {
    connect();
  } catch (const BrokerError& error) {
    lose_connection(error);
  }
}

void Mailbox::lose_connection(const BrokerError& error) {
  connection_.reset();
  trouble_ = error.what();
  next_attempt_ = std::chrono::steady_clock::now() + limits_.retry_every;
}

std::optional<Delivery> Mailbox::take(std::chrono::milliseconds wait) {
  connect_if_due();
  if (!connection_) {
    std::this_thread::sleep_for(std::min(wait, limits_.retry_every));
    return std::nullopt;
  }
  try {
    return next_delivery(wait);
  } catch (const BrokerError& error) {
    lose_connection(error);
    return std::nullopt;
  }
}

std::optional<Delivery> Mailbox::next_delivery(std::chrono::milliseconds wait) {
  amqp_maybe_release_buffers(connection_->state());
  amqp_envelope_t envelope{};
  const timeval timeout = timeval_of(wait);
  const auto reply = amqp_consume_message(connection_->state(), &envelope, &timeout, 0);
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
    auto delivery = delivery_of(envelope, connections_);
    amqp_destroy_envelope(&envelope);
    return delivery;
  }
  const bool by_library = reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION;
  if (by_library && reply.library_error == AMQP_STATUS_TIMEOUT) return std::nullopt;
  if (by_library && reply.library_error == AMQP_STATUS_UNEXPECTED_STATE) {
    read_notice();
    return std::nullopt;
  }
  connection_->expect(reply, "receive");
  return std::nullopt;
}

/// What came is no message: the end of something, or nothing that matters.
void Mailbox::read_notice() {
  amqp_frame_t frame{};
  const timeval at_once{};
  connection_->expect(amqp_simple_wait_frame_noblock(connection_->state(), &frame, &at_once), "read");
  if (frame.frame_type != AMQP_FRAME_METHOD) return;
  connection_->expect_open(frame.payload.method);
  if (frame.payload.method.id == AMQP_BASIC_CANCEL_METHOD) {
    throw BrokerError(fmt::format("broker {}: an inbox of {} is no more", address_.to_string(), user_));
  }
}

bool Mailbox::is_current(const Delivery& delivery) const {
  return connection_ && delivery.connection == connections_;
}

void Mailbox::acknowledge(const Delivery& delivery) {
  if (!is_current(delivery)) return;
  try {
    connection_->expect(amqp_basic_ack(connection_->state(), kChannel, delivery.tag, false), "acknowledge");
  } catch (const BrokerError& error) {
    lose_connection(error);
  }
}

void Mailbox::give_back(const Delivery& delivery) { reject(delivery, true); }

void Mailbox::refuse(const Delivery& delivery) { reject(delivery, false); }

void Mailbox::reject(const Delivery& delivery, bool again) {
  if (!is_current(delivery)) return;
  try {
    connection_->expect(amqp_basic_reject(connection_->state(), kChannel, delivery.tag, again), "reject");
  } catch (const BrokerError& error) {
    lose_connection(error);
  }
}

void Mailbox::join(std::string_view group) {
  auto& connection = connected("join");
  const std::string queue = inbox_of(user_, Kind::text);
  const std::string exchange = exchange_of(Kind::text);
  const std::string key = key_of_group(group);
  amqp_queue_bind(connection.state(), kChannel, bytes_of(queue), bytes_of(exchange), bytes_of(key),
                  amqp_empty_table);
  check_binding("join");
}

void Mailbox::leave(std::string_view group) {
  auto& connection = connected("leave");
  const std::string queue = inbox_of(user_, Kind::text);
  const std::string exchange = exchange_of(Kind::text);
  const std::string key = key_of_group(group);
  amqp_queue_unbind(connection.state(), kChannel, bytes_of(queue), bytes_of(exchange), bytes_of(key),
                    amqp_empty_table);
  check_binding("leave");
}

Connection& Mailbox::connected(std::string_view doing) {
  if (!connection_) throw BrokerError(fmt::format("cannot {}: {}", doing, trouble_));
  return *connection_;
}

void Mailbox::check_binding(std::string_view doing) {
  try {
    connection_->expect_reply(doing);
  } catch (const BrokerError& error) {
    lose_connection(error);
    throw;
  }
}

}  // namespace threadmill::groupchat
