#include <fmt/format.h>

#include "loadgen/pubsub_protocol.h"
#include "protocol/resp_encode.h"
#include "protocol/resp_reply.h"

namespace threadmill::load {
namespace {

constexpr resp::ReplyLimits kAnswerLimits{.bulk_bytes = 64 << 10, .elements = 64, .depth = 2};
constexpr std::size_t kMostRespErrorBytes = 200;

resp::ReplyLimits push_limits(std::size_t most_payload_bytes) {
  return {.line_bytes = 4096, .bulk_bytes = most_payload_bytes * 2 + 4096, .elements = 64, .depth = 2};
}

bool is_push(const resp::Reply& reply, std::string_view kind) {
  return reply.kind == resp::ReplyKind::array && reply.elements.size() == 3 && reply.elements[0].text == kind;
}

Answer answer_of(const resp::ReplyResult& result, const resp::Reply& reply) {
  if (result.status == resp::ReplyStatus::malformed)
    return {.kind = Answer::Kind::malformed, .text = result.reason};
  if (reply.kind == resp::ReplyKind::integer) return {.receivers = reply.integer};
  if (reply.kind == resp::ReplyKind::error)
    return {.kind = Answer::Kind::refused, .text = std::string(reply.text)};
  return {.kind = Answer::Kind::malformed, .text = "a reply to nothing that was sent"};
}

class RespPubsub final : public PubsubProtocol {
 public:
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
      answers.push_back(answer_of(result, reply));
      if (answers.back().kind == Answer::Kind::malformed) break;
      used += result.consumed;
    }
    return used;
  }

  std::string subscribe_command(std::string_view topic) const override {
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
    const auto result = resp::parse_reply(bytes, reply, push_limits(most_payload_bytes));
    push.bytes = result.consumed;
    if (result.status == resp::ReplyStatus::incomplete) {
      push.kind = Push::Kind::incomplete;
    } else if (result.status == resp::ReplyStatus::malformed) {
      push.kind = Push::Kind::malformed;
      push.text = result.reason;
    } else if (reply.kind == resp::ReplyKind::error) {
      push.kind = Push::Kind::refused;
      push.text = reply.text;
    } else if (is_push(reply, "message")) {
      push.kind = Push::Kind::message;
      push.topic = reply.elements[1].text;
      push.payload = reply.elements[2].text;
    } else {
      push.kind = Push::Kind::malformed;
      push.text = "what is no message";
    }
  }
};

}  // namespace

std::unique_ptr<PubsubProtocol> resp_pubsub() { return std::make_unique<RespPubsub>(); }

}  // namespace threadmill::load
