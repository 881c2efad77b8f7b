#include <fmt/format.h>

#include <charconv>

#include "loadgen/pubsub_protocol.h"
#include "loadgen/resp_push.h"
#include "protocol/resp_encode.h"
#include "protocol/resp_reply.h"

namespace threadmill::load {
namespace {

constexpr resp::ReplyLimits kAnswerLimits{.bulk_bytes = 64 << 10, .elements = 64, .depth = 2};
constexpr std::size_t kMostRespErrorBytes = 200;

bool is_push(const resp::Reply& reply, std::string_view kind) {
  return reply.kind == resp::ReplyKind::array && reply.elements.size() == 3 && reply.elements[0].text == kind;
}

template <typename Integer>
bool read_integer(std::string_view text, Integer& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// "delivered" id count: so many subscribers have the message of that id whole.
std::optional<Answer> confirmation(const resp::Reply& reply) {
  if (reply.kind != resp::ReplyKind::array || reply.elements.size() != 4) return std::nullopt;
  if (reply.elements[0].text != "delivered") return std::nullopt;
  Answer answer{.kind = Answer::Kind::confirmed};
  if (!read_integer(reply.elements[1].text, answer.sequence)) return std::nullopt;
  if (!read_integer(reply.elements[2].text, answer.receivers)) return std::nullopt;
  return answer;
}

Answer answer_of(const resp::ReplyResult& result, const resp::Reply& reply, bool confirms) {
  if (result.status == resp::ReplyStatus::malformed)
    return {.kind = Answer::Kind::malformed, .text = result.reason};
  if (reply.kind == resp::ReplyKind::integer) return {.receivers = reply.integer};
  if (reply.kind == resp::ReplyKind::error)
    return {.kind = Answer::Kind::refused, .text = std::string(reply.text)};
  if (const auto confirmed = confirmation(reply); confirms && confirmed) return *confirmed;
  return {.kind = Answer::Kind::malformed, .text = "a reply to nothing that was sent"};
}

class RespPubsub : public PubsubProtocol {
 public:
  explicit RespPubsub(bool confirms = false) : confirms_(confirms) {}

  std::string_view name() const override { return "RESP2"; }
  std::string_view publish_word() const override { return "PUBLISH"; }

  PublishCommand publish_command(std::string_view topic, std::string_view payload) const override {
    PublishCommand command;
    resp::append_command(command.bytes, {"PUBLISH", topic, payload});
    command.payload_at = command.bytes.size() - payload.size() - 2;
    return command;
  }

  std::size_t read_answers(std::string_view bytes, std::vector<Answer>& answers) const override {
    std::size_t used = 0;
    resp::Reply reply;
    while (used < bytes.size()) {
      const auto result = resp::parse_reply(bytes.substr(used), reply, kAnswerLimits);
      if (result.status == resp::ReplyStatus::incomplete) break;
      answers.push_back(answer_of(result, reply, confirms_));
      if (answers.back().kind == Answer::Kind::malformed) break;
      used += result.consumed;
    }
    return used;
  }

  std::string subscribe_command(std::uint32_t /*number*/, std::string_view topic) const override {
    std::string command;
    resp::append_command(command, {"SUBSCRIBE", topic});
    return command;
  }

  Greeting read_subscriber_greeting(std::string_view bytes) const override {
    resp::Reply reply;
    const auto result = resp::parse_reply(bytes, reply, push_limits(0));
    if (result.status == resp::ReplyStatus::incomplete) return {};
    if (result.status == resp::ReplyStatus::complete && is_push(reply, "subscribe"))
      return {.status = Greeting::Status::confirmed, .bytes = result.consumed};
    if (result.status == resp::ReplyStatus::complete && reply.kind == resp::ReplyKind::error) {
      return {.status = Greeting::Status::refused,
              .reason = fmt::format("the server answered SUBSCRIBE with an error: {}",
                                    reply.text.substr(0, kMostRespErrorBytes))};
    }
    return {.status = Greeting::Status::malformed,
            .reason = "the server does not speak RESP2: SUBSCRIBE was not confirmed"};
  }

  std::optional<PushShape> push_shape(std::string_view topic, std::uint32_t payload_bytes) const override {
    PushShape shape{.trailer = "\r\n", .payload_bytes = payload_bytes};
    resp::append_message_push(shape.header, topic, std::string(payload_bytes, ' '));
    shape.frame_bytes = shape.header.size();
    shape.header.resize(shape.frame_bytes - payload_bytes - shape.trailer.size());
    return shape;
  }

  std::size_t most_push_bytes(std::string_view topic, std::uint32_t payload_bytes) const override {
    return push_shape(topic, payload_bytes)->frame_bytes;
  }

  void read_push(std::string_view bytes, std::size_t most_payload_bytes, Push& push) const override {
    resp::Reply reply;
    if (!read_resp_push(bytes, most_payload_bytes, reply, push)) return;
    if (is_push(reply, "message")) {
      push.kind = Push::Kind::message;
      push.topic = reply.elements[1].text;
      push.payload = reply.elements[2].text;
    } else if (confirms_ && reply.kind == resp::ReplyKind::integer) {
      push.kind = Push::Kind::acknowledged;
      push.known_sums = reply.integer;
    } else {
      push_is_no_message(push);
    }
  }

 private:
  bool confirms_;
};

class ConfirmedRespPubsub final : public RespPubsub {
 public:
  ConfirmedRespPubsub() : RespPubsub(true) {}

  std::string_view publish_word() const override { return "CONFIRM"; }

  PublishCommand publish_command(std::string_view topic, std::string_view payload) const override {
    PublishCommand command;
    resp::append_array_header(command.bytes, 6);
    resp::append_bulk(command.bytes, "CONFIRM");
    resp::append_bulk(command.bytes, std::string(kConfirmIdDigits, '0'));
    command.id_at = command.bytes.size() - kConfirmIdDigits - 2;
    resp::append_bulk(command.bytes, std::string(kConfirmSumDigits, '0'));
    command.sum_at = command.bytes.size() - kConfirmSumDigits - 2;
    for (const std::string_view word : {std::string_view("PUBLISH"), topic, payload}) {
      resp::append_bulk(command.bytes, word);
    }
    command.payload_at = command.bytes.size() - payload.size() - 2;
    return command;
  }
};

}  // namespace

std::unique_ptr<PubsubProtocol> resp_pubsub() { return std::make_unique<RespPubsub>(); }

std::unique_ptr<PubsubProtocol> confirmed_resp_pubsub() { return std::make_unique<ConfirmedRespPubsub>(); }

}  // namespace threadmill::load
