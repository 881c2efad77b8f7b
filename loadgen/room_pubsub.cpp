// The rooms of our lobby (servers/core/lobby.h), each topic a room. Publishers SAY, and hear one another,
// too.

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/pubsub_protocol.h"
#include "loadgen/resp_push.h"
#include "protocol/resp_encode.h"
#include "protocol/resp_reply.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kMostRefusalBytes = 200;
constexpr std::size_t kMostKept = 10'000;  // messages of a HISTORY
// What a push has besides the room and the text: its marks, a name, a number.
constexpr std::size_t kSaidBytes = 160;

/// Only pushes begin with a simple string.
bool is_room_push(const resp::Reply& reply) {
  return reply.kind == resp::ReplyKind::array && !reply.elements.empty() &&
         reply.elements[0].kind == resp::ReplyKind::simple;
}

/// "said" room name number text.
bool is_said(const resp::Reply& reply) {
  return is_room_push(reply) && reply.elements.size() == 5 && reply.elements[0].text == "said";
}

/// The reply to HISTORY: of each message its number, name and text.
bool is_history(const resp::Reply& reply) {
  if (reply.kind != resp::ReplyKind::array) return false;
  return std::all_of(reply.elements.begin(), reply.elements.end(), [](const auto& message) {
    return message.kind == resp::ReplyKind::array && message.elements.size() == 3;
  });
}

Answer answer_in_room(const resp::Reply& reply) {
  if (reply.kind == resp::ReplyKind::integer) return {.receivers = reply.integer};
  if (reply.kind == resp::ReplyKind::error)
    return {.kind = Answer::Kind::refused, .text = std::string(reply.text)};
  return {.kind = Answer::Kind::malformed, .text = "a reply to nothing that was sent"};
}

/// The replies to NICK and JOIN. Others' joining may be told ahead of either.
Greeting read_room_greeting(std::string_view bytes) {
  resp::Reply reply;
  bool named = false;
  for (std::size_t used = 0;;) {
    const auto result = resp::parse_reply(bytes.substr(used), reply, push_limits(0));
    if (result.status == resp::ReplyStatus::incomplete) return {};
    used += result.consumed;
    if (result.status == resp::ReplyStatus::complete) {
      if (is_room_push(reply)) continue;
      if (reply.kind == resp::ReplyKind::error) {
        return {.status = Greeting::Status::refused,
                .reason = fmt::format("the server answered {} with an error: {}", named ? "JOIN" : "NICK",
                                      reply.text.substr(0, kMostRefusalBytes))};
      }
      if (named && reply.kind == resp::ReplyKind::integer)
        return {.status = Greeting::Status::confirmed, .bytes = used};
      named = !named && reply.kind == resp::ReplyKind::simple && reply.text == "OK";
      if (named) continue;
    }
    return {.status = Greeting::Status::malformed,
            .reason = "the server has no rooms: NICK and JOIN were not confirmed"};
  }
}

std::string enter(const std::string& name, std::string_view room) {
  std::string commands;
  resp::append_command(commands, {"NICK", name});
  resp::append_command(commands, {"JOIN", room});
  return commands;
}

class RoomPubsub final : public PubsubProtocol {
 public:
  std::string_view name() const override { return "RESP2 with rooms"; }
  std::string_view publish_word() const override { return "SAY"; }
  /// As what people say; and a record of it has lines.
  bool text_only() const override { return true; }
  bool publishers_hear_one_another() const override { return true; }

  std::string publisher_greeting(std::uint32_t number, std::string_view topic) const override {
    return enter(fmt::format("publisher-{}", number), topic);
  }
  Greeting read_publisher_greeting(std::string_view bytes) const override {
    return read_room_greeting(bytes);
  }

  PublishCommand publish_command(std::string_view topic, std::string_view payload) const override {
    PublishCommand command;
    resp::append_command(command.bytes, {"SAY", topic, payload});
    command.payload_at = command.bytes.size() - payload.size() - 2;
    return command;
  }

  std::size_t read_answers(std::string_view bytes, std::vector<Answer>& answers) const override {
    std::size_t used = 0;
    resp::Reply reply;
    while (used < bytes.size()) {
      const auto result = resp::parse_reply(bytes.substr(used), reply, push_limits(kMostRoomTextBytes));
      if (result.status == resp::ReplyStatus::incomplete) break;
      if (result.status == resp::ReplyStatus::malformed) {
        answers.push_back({.kind = Answer::Kind::malformed, .text = result.reason});
        break;
      }
      if (!is_room_push(reply)) answers.push_back(answer_in_room(reply));
      if (!answers.empty() && answers.back().kind == Answer::Kind::malformed) break;
      used += result.consumed;
    }
    return used;
  }

  std::string subscribe_command(std::uint32_t number, std::string_view topic) const override {
    return enter(fmt::format("subscriber-{}", number), topic);
  }
  Greeting read_subscriber_greeting(std::string_view bytes) const override {
    return read_room_greeting(bytes);
  }

  std::string return_command(std::uint32_t number, std::string_view topic) const override {
    std::string commands = subscribe_command(number, topic);
    resp::append_command(commands, {"HISTORY", topic, std::to_string(kMostKept)});
    return commands;
  }

  /// Messages have numbers, which grow longer.
  std::optional<PushShape> push_shape(std::string_view /*topic*/,
                                      std::uint32_t /*payload_bytes*/) const override {
    return std::nullopt;
  }

  std::size_t most_push_bytes(std::string_view topic, std::uint32_t payload_bytes) const override {
    return topic.size() + payload_bytes + kSaidBytes;
  }

  void read_push(std::string_view bytes, std::size_t most_payload_bytes, Push& push) const override {
    resp::Reply reply;
    if (!read_resp_push(bytes, most_payload_bytes, reply, push, kMostKept)) return;
    if (is_history(reply)) {
      push.kind = Push::Kind::kept;
      push.payloads.clear();
      for (const auto& message : reply.elements) push.payloads.emplace_back(message.elements.back().text);
    } else if (is_said(reply)) {
      push.kind = Push::Kind::message;
      push.topic = reply.elements[1].text;
      push.payload = reply.elements[4].text;
    } else if (is_room_push(reply)) {
      push.kind = Push::Kind::nothing;  // who came and who left
    } else {
      push_is_no_message(push);
    }
  }
};

}  // namespace

std::unique_ptr<PubsubProtocol> room_pubsub() { return std::make_unique<RoomPubsub>(); }

}  // namespace threadmill::load
