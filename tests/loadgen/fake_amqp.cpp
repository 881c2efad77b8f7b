#include "tests/loadgen/fake_amqp.h"

#include <map>
#include <stdexcept>
#include <vector>

#include "loadgen/amqp_frames.h"
#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kHeaderBytes = 8;

template <typename Method>
std::string said(amqp_channel_t channel, amqp_method_number_t id, Method method) {
  std::string bytes;
  amqp::append_method(bytes, channel, id, &method);
  return bytes;
}

std::string content(std::string_view payload) {
  std::string bytes;
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.delivery_mode = 2;
  amqp::append_content_header(bytes, payload.size(), properties);
  amqp::append_frame(bytes, AMQP_FRAME_BODY, amqp::kChannel, payload);
  return bytes;
}

struct AmqpState {
  struct Client {
    std::string unread;
    bool greeted = false;
    std::uint64_t published = 0;
    std::uint64_t acknowledged = 0;
  };
  std::map<int, Client> clients;
  std::vector<int> subscribers;
  std::size_t publications = 0;
  Deliver deliver;
  Confirm confirm;
  std::shared_ptr<AmqpAcknowledged> acknowledged;
  amqp::MethodReader methods;
  std::string payload;  // reused
};

/// What a method is answered where the answer is always the same.
std::string answer_to(amqp_method_number_t id) {
  switch (id) {
    case AMQP_CONNECTION_START_OK_METHOD:
      return amqp_tune();
    case AMQP_CONNECTION_OPEN_METHOD:
      return amqp_open_ok();
    case AMQP_CHANNEL_OPEN_METHOD:
      return amqp_channel_open_ok();
    case AMQP_EXCHANGE_DECLARE_METHOD:
      return amqp_exchange_declare_ok();
    case AMQP_QUEUE_DELETE_METHOD:
      return amqp_queue_delete_ok();
    case AMQP_QUEUE_DECLARE_METHOD:
      return amqp_queue_declare_ok();
    case AMQP_QUEUE_BIND_METHOD:
      return amqp_queue_bind_ok();
    case AMQP_BASIC_QOS_METHOD:
      return amqp_qos_ok();
    case AMQP_BASIC_CONSUME_METHOD:
      return amqp_consume_ok();
    case AMQP_CONFIRM_SELECT_METHOD:
      return amqp_confirm_select_ok();
    default:
      return "";
  }
}

/// How much of `bytes` was taken; 0: the first method's content is not complete.
std::size_t take_method(AmqpState& state, FakeServer& server, int connection, std::string_view bytes) {
  auto& client = state.clients[connection];
  const amqp::Frame frame = amqp::first_frame(bytes);
  if (!frame.whole()) return 0;
  const auto method = state.methods.read(frame);
  if (!method) throw std::runtime_error("no method");
  if (method->id == AMQP_BASIC_PUBLISH_METHOD) {
    const std::string topic(amqp::text_of(amqp::as<amqp_basic_publish_t>(*method).routing_key));
    const auto content = amqp::read_content(bytes.substr(frame.bytes), kMostAmqpMessageBytes, state.payload);
    if (content.status != amqp::Frame::Status::whole) return 0;
    for (std::size_t i = 0; i < state.subscribers.size(); ++i) {
      server.send(state.subscribers[i], state.deliver({i, state.publications, topic, state.payload}));
    }
    ++state.publications;
    server.send(connection, state.confirm(++client.published));
    return frame.bytes + content.bytes;
  }
  if (method->id == AMQP_BASIC_ACK_METHOD) {
    const auto& ack = amqp::as<amqp_basic_ack_t>(*method);
    ++state.acknowledged->methods;
    state.acknowledged->deliveries += ack.multiple != 0 ? ack.delivery_tag - client.acknowledged : 1;
    client.acknowledged = ack.delivery_tag;
  }
  server.send(connection, answer_to(method->id));
  if (method->id == AMQP_BASIC_CONSUME_METHOD) state.subscribers.push_back(connection);
  return frame.bytes;
}

}  // namespace

std::string amqp_start() {
  return said(0, AMQP_CONNECTION_START_METHOD,
              amqp_connection_start_t{.version_major = 0,
                                      .version_minor = 9,
                                      .server_properties = amqp_empty_table,
                                      .mechanisms = amqp::bytes_of("PLAIN"),
                                      .locales = amqp::bytes_of("en_US")});
}
std::string amqp_tune() {
  return said(0, AMQP_CONNECTION_TUNE_METHOD,
              amqp_connection_tune_t{.channel_max = 2047, .frame_max = 131'072, .heartbeat = 60});
}
std::string amqp_open_ok() { return said(0, AMQP_CONNECTION_OPEN_OK_METHOD, amqp_connection_open_ok_t{}); }
std::string amqp_channel_open_ok() { return said(1, AMQP_CHANNEL_OPEN_OK_METHOD, amqp_channel_open_ok_t{}); }
std::string amqp_exchange_declare_ok() {
  return said(1, AMQP_EXCHANGE_DECLARE_OK_METHOD, amqp_exchange_declare_ok_t{});
}
std::string amqp_queue_delete_ok() {
  return said(1, AMQP_QUEUE_DELETE_OK_METHOD, amqp_queue_delete_ok_t{.message_count = 3});
}
std::string amqp_queue_declare_ok() {
  return said(
      1, AMQP_QUEUE_DECLARE_OK_METHOD,
      amqp_queue_declare_ok_t{
          .queue = amqp::bytes_of("threadmill.load.topic-0.0"), .message_count = 0, .consumer_count = 0});
}
std::string amqp_queue_bind_ok() { return said(1, AMQP_QUEUE_BIND_OK_METHOD, amqp_queue_bind_ok_t{}); }
std::string amqp_qos_ok() { return said(1, AMQP_BASIC_QOS_OK_METHOD, amqp_basic_qos_ok_t{}); }
std::string amqp_consume_ok() {
  return said(1, AMQP_BASIC_CONSUME_OK_METHOD,
              amqp_basic_consume_ok_t{.consumer_tag = amqp::bytes_of("load")});
}
std::string amqp_confirm_select_ok() {
  return said(1, AMQP_CONFIRM_SELECT_OK_METHOD, amqp_confirm_select_ok_t{});
}
std::string amqp_welcome() {
  return amqp_start() + amqp_tune() + amqp_open_ok() + amqp_channel_open_ok() + amqp_exchange_declare_ok();
}
std::string amqp_new_queue_ok() {
  return amqp_queue_delete_ok() + amqp_queue_declare_ok() + amqp_queue_bind_ok() + amqp_qos_ok();
}
std::string amqp_delivery(std::uint64_t tag, std::string_view topic, std::string_view payload) {
  return said(1, AMQP_BASIC_DELIVER_METHOD,
              amqp_basic_deliver_t{.consumer_tag = amqp::bytes_of("load"),
                                   .delivery_tag = tag,
                                   .redelivered = 0,
                                   .exchange = amqp::bytes_of("threadmill.load"),
                                   .routing_key = amqp::bytes_of(topic)}) +
         content(payload);
}
std::string amqp_ack(std::uint64_t tag, bool multiple) {
  return said(1, AMQP_BASIC_ACK_METHOD, amqp_basic_ack_t{.delivery_tag = tag, .multiple = multiple ? 1 : 0});
}
std::string amqp_nack(std::uint64_t tag, bool multiple) {
  return said(1, AMQP_BASIC_NACK_METHOD,
              amqp_basic_nack_t{.delivery_tag = tag, .multiple = multiple ? 1 : 0, .requeue = 0});
}
std::string amqp_returned(std::string_view why, std::string_view payload) {
  return said(1, AMQP_BASIC_RETURN_METHOD,
              amqp_basic_return_t{.reply_code = 312,
                                  .reply_text = amqp::bytes_of(why),
                                  .exchange = amqp::bytes_of("threadmill.load"),
                                  .routing_key = amqp::bytes_of("topic-0")}) +
         content(payload);
}
std::string amqp_channel_close(std::string_view why) {
  return said(1, AMQP_CHANNEL_CLOSE_METHOD,
              amqp_channel_close_t{
                  .reply_code = 404, .reply_text = amqp::bytes_of(why), .class_id = 60, .method_id = 40});
}
std::string amqp_connection_close(std::string_view why) {
  return said(0, AMQP_CONNECTION_CLOSE_METHOD,
              amqp_connection_close_t{
                  .reply_code = 403, .reply_text = amqp::bytes_of(why), .class_id = 0, .method_id = 0});
}
std::string amqp_cancel() {
  return said(1, AMQP_BASIC_CANCEL_METHOD,
              amqp_basic_cancel_t{.consumer_tag = amqp::bytes_of("load"), .nowait = 1});
}
std::string amqp_heartbeat() {
  std::string bytes;
  amqp::append_frame(bytes, AMQP_FRAME_HEARTBEAT, 0, "");
  return bytes;
}

FakeServer::Handler amqp_server(Deliver deliver, Confirm confirm,
                                std::shared_ptr<AmqpAcknowledged> acknowledged) {
  auto state = std::make_shared<AmqpState>();
  state->deliver = std::move(deliver);
  state->confirm = std::move(confirm);
  state->acknowledged = std::move(acknowledged);
  return [state](FakeServer& server, int connection, std::string_view bytes) {
    auto& client = state->clients[connection];
    client.unread += bytes;
    if (!client.greeted) {
      if (client.unread.size() < kHeaderBytes) return;
      client.unread.erase(0, kHeaderBytes);
      client.greeted = true;
      server.send(connection, amqp_start());
    }
    std::size_t used = 0;
    while (const std::size_t taken =
               take_method(*state, server, connection, std::string_view(client.unread).substr(used)))
      used += taken;
    client.unread.erase(0, used);
  };
}

}  // namespace threadmill::load
