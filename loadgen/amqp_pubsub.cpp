// AMQP 0-9-1, as RabbitMQ speaks it (https://www.rabbitmq.com/amqp-0-9-1-reference.html). Nothing that is
// confirmed gets lost: messages are persistent, each subscriber has a durable quorum queue, publications are
// confirmed by the broker, and deliveries acknowledged by their receivers.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "loadgen/amqp_frames.h"
#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {
namespace {

static_assert(kMostAmqpMessageBytes == amqp::kMostFrameBytes - 8,
              "a message is one frame: it is stamped in place");

constexpr std::string_view kProtocolHeader{"AMQP\0\0\x09\x01", 8};
constexpr std::string_view kExchange = "threadmill.load";
// RabbitMQ's own, good over loopback only.
constexpr std::string_view kPlainLogin{"\0guest\0guest", 12};
constexpr std::string_view kVirtualHost = "/";
constexpr std::uint16_t kPrefetch = 256;
// Queues go away when nobody has consumed from them for so much longer than the plan's subscribers are away:
// what a run leaves in a broker is one exchange.
constexpr std::int32_t kQueueExpiresMs = 60'000;
constexpr std::uint8_t kPersistent = 2;

/// What a broker says on the way to its last word.
constexpr std::array<amqp_method_number_t, 9> kOfLogin = {
    AMQP_CONNECTION_START_METHOD, AMQP_CONNECTION_TUNE_METHOD,     AMQP_CONNECTION_OPEN_OK_METHOD,
    AMQP_CHANNEL_OPEN_OK_METHOD,  AMQP_EXCHANGE_DECLARE_OK_METHOD, AMQP_QUEUE_DELETE_OK_METHOD,
    AMQP_QUEUE_DECLARE_OK_METHOD, AMQP_QUEUE_BIND_OK_METHOD,       AMQP_BASIC_QOS_OK_METHOD};

amqp_table_entry_t text_entry(std::string_view key, std::string_view text) {
  amqp_table_entry_t entry{.key = amqp::bytes_of(key), .value = {}};
  entry.value.kind = AMQP_FIELD_KIND_UTF8;
  entry.value.value.bytes = amqp::bytes_of(text);
  return entry;
}

amqp_table_entry_t true_entry(std::string_view key) {
  amqp_table_entry_t entry{.key = amqp::bytes_of(key), .value = {}};
  entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  entry.value.value.boolean = 1;
  return entry;
}

amqp_table_entry_t number_entry(std::string_view key, std::int32_t number) {
  amqp_table_entry_t entry{.key = amqp::bytes_of(key), .value = {}};
  entry.value.kind = AMQP_FIELD_KIND_I32;
  entry.value.value.i32 = number;
  return entry;
}

template <std::size_t kEntries>
amqp_table_t table_of(std::array<amqp_table_entry_t, kEntries>& entries) {
  return {.num_entries = kEntries, .entries = entries.data()};
}

void append_start_ok(std::string& to) {
  // So that a login that is refused says so, and a queue that is deleted tells its consumer.
  std::array can = {true_entry("authentication_failure_close"), true_entry("consumer_cancel_notify"),
                    true_entry("publisher_confirms"), true_entry("basic.nack")};
  std::array properties = {text_entry("product", "threadmill-load"),
                           amqp_table_entry_t{.key = amqp::bytes_of("capabilities"), .value = {}}};
  properties[1].value.kind = AMQP_FIELD_KIND_TABLE;
  properties[1].value.value.table = table_of(can);
  amqp_connection_start_ok_t start_ok{.client_properties = table_of(properties),
                                      .mechanism = amqp::bytes_of("PLAIN"),
                                      .response = amqp::bytes_of(kPlainLogin),
                                      .locale = amqp::bytes_of("en_US")};
  amqp::append_method(to, 0, AMQP_CONNECTION_START_OK_METHOD, &start_ok);
}

/// All that leads to an open channel with our exchange, in one go: the broker takes one after the other, and
/// what we agree to is what each RabbitMQ offers unless it was told otherwise. No heartbeats: who is silent
/// is the generator's to judge.
std::string login() {
  std::string bytes(kProtocolHeader);
  append_start_ok(bytes);
  amqp_connection_tune_ok_t tune_ok{
      .channel_max = amqp::kChannel, .frame_max = amqp::kMostFrameBytes, .heartbeat = 0};
  amqp::append_method(bytes, 0, AMQP_CONNECTION_TUNE_OK_METHOD, &tune_ok);
  amqp_connection_open_t open{
      .virtual_host = amqp::bytes_of(kVirtualHost), .capabilities = amqp_empty_bytes, .insist = 0};
  amqp::append_method(bytes, 0, AMQP_CONNECTION_OPEN_METHOD, &open);
  amqp_channel_open_t channel{.out_of_band = amqp_empty_bytes};
  amqp::append_method(bytes, amqp::kChannel, AMQP_CHANNEL_OPEN_METHOD, &channel);
  amqp_exchange_declare_t exchange{};
  exchange.exchange = amqp::bytes_of(kExchange);
  exchange.type = amqp::bytes_of("direct");
  exchange.durable = 1;
  amqp::append_method(bytes, amqp::kChannel, AMQP_EXCHANGE_DECLARE_METHOD, &exchange);
  return bytes;
}

/// So that nothing is in it that an earlier run has left there, or had not acknowledged: this would come back
/// later.
void append_removal(std::string& to, std::string_view queue) {
  amqp_queue_delete_t remove{};
  remove.queue = amqp::bytes_of(queue);
  amqp::append_method(to, amqp::kChannel, AMQP_QUEUE_DELETE_METHOD, &remove);
}

/// Made where it is not there yet.
void append_queue(std::string& to, std::string_view queue, std::string_view topic, std::int32_t expires_ms) {
  std::array arguments = {text_entry("x-queue-type", "quorum"), number_entry("x-expires", expires_ms)};
  amqp_queue_declare_t declare{};
  declare.queue = amqp::bytes_of(queue);
  declare.durable = 1;
  declare.arguments = table_of(arguments);
  amqp::append_method(to, amqp::kChannel, AMQP_QUEUE_DECLARE_METHOD, &declare);
  amqp_queue_bind_t bind{};
  bind.queue = amqp::bytes_of(queue);
  bind.exchange = amqp::bytes_of(kExchange);
  bind.routing_key = amqp::bytes_of(topic);
  amqp::append_method(to, amqp::kChannel, AMQP_QUEUE_BIND_METHOD, &bind);
}

void append_consume(std::string& to, std::string_view queue) {
  amqp_basic_qos_t qos{.prefetch_size = 0, .prefetch_count = kPrefetch, .global = 0};
  amqp::append_method(to, amqp::kChannel, AMQP_BASIC_QOS_METHOD, &qos);
  amqp_basic_consume_t consume{};
  consume.queue = amqp::bytes_of(queue);
  consume.consumer_tag = amqp::bytes_of("load");
  amqp::append_method(to, amqp::kChannel, AMQP_BASIC_CONSUME_METHOD, &consume);
}

std::string queue_of(std::uint32_t number, std::string_view topic) {
  return fmt::format("{}.{}.{}", kExchange, topic, number);
}

std::string consume(std::string_view queue, std::string_view topic, std::int32_t expires_ms) {
  std::string bytes;
  append_queue(bytes, queue, topic, expires_ms);
  append_consume(bytes, queue);
  return bytes;
}

/// Everything up to and with that delivery.
std::string acknowledgement(std::uint64_t delivery_tag) {
  amqp_basic_ack_t ack{.delivery_tag = delivery_tag, .multiple = 1};
  std::string bytes;
  amqp::append_method(bytes, amqp::kChannel, AMQP_BASIC_ACK_METHOD, &ack);
  return bytes;
}

/// The reason of a broker that ends the channel or the connection, or takes the queue away; nothing of any
/// other method.
std::optional<std::string> end_told_by(const amqp_method_t& method) {
  const auto told = [](amqp_bytes_t text) {
    const auto reason = amqp::text_of(text);
    return reason.empty() ? "the broker ended it and says no reason" : std::string(reason);
  };
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD)
    return told(amqp::as<amqp_connection_close_t>(method).reply_text);
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) return told(amqp::as<amqp_channel_close_t>(method).reply_text);
  if (method.id == AMQP_BASIC_CANCEL_METHOD) return "the broker cancelled the consumer: its queue is gone";
  return std::nullopt;
}

Greeting not_amqp(std::string_view bytes) {
  return {.status = Greeting::Status::malformed,
          .reason = bytes.starts_with("AMQP")
                        ? "the server speaks another version of AMQP than 0-9-1"
                        : "the server does not speak AMQP 0-9-1: logging in was not confirmed"};
}

class AmqpPubsub final : public PubsubProtocol {
 public:
  explicit AmqpPubsub(const Absence& absence)
      : queue_expires_ms_(kQueueExpiresMs + static_cast<std::int32_t>(std::ceil(absence.for_s * 1000))) {}

  std::string_view name() const override { return "AMQP 0-9-1"; }
  std::string_view publish_word() const override { return "basic.publish"; }

  std::string publisher_greeting(std::uint32_t /*number*/, std::string_view /*topic*/) const override {
    std::string bytes = login();
    amqp_confirm_select_t select{.nowait = 0};
    amqp::append_method(bytes, amqp::kChannel, AMQP_CONFIRM_SELECT_METHOD, &select);
    return bytes;
  }
  Greeting read_publisher_greeting(std::string_view bytes) const override {
    return read_login(bytes, AMQP_CONFIRM_SELECT_OK_METHOD);
  }

  /// Mandatory: a message that no queue takes comes back, and is not confirmed in silence.
  PublishCommand publish_command(std::string_view topic, std::string_view payload) const override {
    PublishCommand command;
    amqp_basic_publish_t publish{};
    publish.exchange = amqp::bytes_of(kExchange);
    publish.routing_key = amqp::bytes_of(topic);
    publish.mandatory = 1;
    amqp::append_method(command.bytes, amqp::kChannel, AMQP_BASIC_PUBLISH_METHOD, &publish);
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties.delivery_mode = kPersistent;
    amqp::append_content_header(command.bytes, payload.size(), properties);
    amqp::append_frame(command.bytes, AMQP_FRAME_BODY, amqp::kChannel, payload);
    command.payload_at = command.bytes.size() - payload.size() - 1;
    return command;
  }

  std::size_t read_answers(std::string_view bytes, std::vector<Answer>& answers) const override {
    std::size_t used = 0;
    for (;;) {
      const amqp::Frame frame = amqp::first_frame(bytes.substr(used));
      if (frame.status == amqp::Frame::Status::incomplete) return used;
      if (frame.is(AMQP_FRAME_HEARTBEAT)) {
        used += frame.bytes;
        continue;
      }
      Answer answer{.kind = Answer::Kind::malformed, .text = "a frame that answers nothing"};
      const std::size_t taken = read_answer(bytes.substr(used), frame, answer);
      if (taken == 0 && answer.kind != Answer::Kind::malformed) return used;
      answers.push_back(answer);
      if (answer.kind == Answer::Kind::malformed) return used;
      used += taken;
    }
  }

  std::string subscribe_command(std::uint32_t number, std::string_view topic) const override {
    const auto queue = queue_of(number, topic);
    std::string bytes = login();
    append_removal(bytes, queue);
    return bytes + consume(queue, topic, queue_expires_ms_);
  }
  /// The queue has what was published meanwhile.
  std::string return_command(std::uint32_t number, std::string_view topic) const override {
    return login() + consume(queue_of(number, topic), topic, queue_expires_ms_);
  }
  Greeting read_subscriber_greeting(std::string_view bytes) const override {
    return read_login(bytes, AMQP_BASIC_CONSUME_OK_METHOD);
  }

  /// Each connection numbers its deliveries itself.
  std::optional<PushShape> push_shape(std::string_view /*topic*/,
                                      std::uint32_t /*payload_bytes*/) const override {
    return std::nullopt;
  }
  /// None is kept to compare others with: each is acknowledged, so each is read.
  std::size_t most_push_bytes(std::string_view /*topic*/, std::uint32_t /*payload_bytes*/) const override {
    return 0;
  }

  void read_push(std::string_view bytes, std::size_t most_payload_bytes, Push& push) const override {
    const amqp::Frame frame = amqp::first_frame(bytes);
    push.bytes = frame.bytes;
    push.kind = frame.whole() ? Push::Kind::nothing : Push::Kind::incomplete;
    if (frame.status == amqp::Frame::Status::incomplete || frame.is(AMQP_FRAME_HEARTBEAT)) return;
    const auto method = methods_.read(frame);
    if (method && method->id == AMQP_BASIC_DELIVER_METHOD) {
      read_delivery(bytes, amqp::as<amqp_basic_deliver_t>(*method), most_payload_bytes, push);
      return;
    }
    const auto end = method ? end_told_by(*method) : std::nullopt;
    push.kind = end ? Push::Kind::refused : Push::Kind::malformed;
    push.text = end.value_or("what is no delivery");
  }

 private:
  Greeting read_login(std::string_view bytes, amqp_method_number_t last_word) const {
    for (std::size_t used = 0;;) {
      const amqp::Frame frame = amqp::first_frame(bytes.substr(used));
      if (frame.status == amqp::Frame::Status::incomplete) return {};
      used += frame.bytes;
      if (frame.is(AMQP_FRAME_HEARTBEAT)) continue;
      const auto method = methods_.read(frame);
      if (!method) return not_amqp(bytes);
      if (method->id == last_word) return {.status = Greeting::Status::confirmed, .bytes = used};
      if (const auto end = end_told_by(*method)) {
        return {.status = Greeting::Status::refused,
                .reason = fmt::format("the broker refused the connection: {}", *end)};
      }
      if (std::find(kOfLogin.begin(), kOfLogin.end(), method->id) == kOfLogin.end()) return not_amqp(bytes);
    }
  }

  /// What `frame` at the start of `bytes` begins. How much it takes; 0: some of it has not come, or `answer`
  /// stays malformed.
  std::size_t read_answer(std::string_view bytes, const amqp::Frame& frame, Answer& answer) const {
    const auto method = methods_.read(frame);
    if (!method) return 0;
    if (method->id == AMQP_BASIC_ACK_METHOD) {
      const auto& ack = amqp::as<amqp_basic_ack_t>(*method);
      if (ack.delivery_tag == 0) return 0;
      answer = {.number = ack.delivery_tag, .and_before = ack.multiple != 0};
    } else if (method->id == AMQP_BASIC_NACK_METHOD) {
      const auto& nack = amqp::as<amqp_basic_nack_t>(*method);
      if (nack.delivery_tag == 0) return 0;
      answer = {.kind = Answer::Kind::refused,
                .number = nack.delivery_tag,
                .and_before = nack.multiple != 0,
                .text = "the broker could not keep the message (basic.nack)"};
    } else if (method->id == AMQP_BASIC_RETURN_METHOD) {
      return read_returned(bytes, frame, amqp::as<amqp_basic_return_t>(*method), answer);
    } else if (const auto end = end_told_by(*method)) {
      answer = {.kind = Answer::Kind::complains, .text = *end};
    } else {
      return 0;
    }
    return frame.bytes;
  }

  /// A message that came back; its confirmation follows.
  std::size_t read_returned(std::string_view bytes, const amqp::Frame& frame,
                            const amqp_basic_return_t& returned, Answer& answer) const {
    const auto content = amqp::read_content(bytes.substr(frame.bytes), kMostAmqpMessageBytes, returned_);
    if (content.status == amqp::Frame::Status::malformed) return 0;
    answer = {.kind = Answer::Kind::complains,
              .text = fmt::format("a message came back: {}", amqp::text_of(returned.reply_text))};
    return content.status == amqp::Frame::Status::whole ? frame.bytes + content.bytes : 0;
  }

  static void read_delivery(std::string_view bytes, const amqp_basic_deliver_t& delivery,
                            std::size_t most_payload_bytes, Push& push) {
    const auto content =
        amqp::read_content(bytes.substr(push.bytes), most_payload_bytes * 2 + 4096, push.payload);
    push.bytes += content.bytes;
    if (content.status == amqp::Frame::Status::incomplete) {
      push.kind = Push::Kind::incomplete;
    } else if (content.status == amqp::Frame::Status::malformed || delivery.delivery_tag == 0) {
      push.kind = Push::Kind::malformed;
      push.text = "a delivery without the content that belongs to it";
    } else {
      push.kind = Push::Kind::message;
      push.topic = amqp::text_of(delivery.routing_key);
      push.text = acknowledgement(delivery.delivery_tag);
      push.text_covers_earlier = true;
    }
  }

  std::int32_t queue_expires_ms_;
  // Room that is used again.
  mutable amqp::MethodReader methods_;
  mutable std::string returned_;
};

}  // namespace

bool has_amqp() { return true; }

std::unique_ptr<PubsubProtocol> amqp_pubsub(const Absence& absence) {
  return std::make_unique<AmqpPubsub>(absence);
}

}  // namespace threadmill::load
