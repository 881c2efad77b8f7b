// https://docs.nats.io/reference/reference-protocols/nats-protocol

#include <fmt/format.h>

#include <charconv>

#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kPong = "PONG\r\n";
// Of a control line; nats-server's own limit is 4 KiB, but for INFO.
constexpr std::size_t kMostLineBytes = 64 << 10;
constexpr std::size_t kMostNatsErrorBytes = 200;

struct Line {
  enum class Status { incomplete, whole, too_long };
  Status status = Status::incomplete;
  std::string_view text{};  // without its end
  std::size_t bytes = 0;    // with it
};

Line first_line(std::string_view bytes) {
  const auto end = bytes.substr(0, kMostLineBytes).find(kLineEnd);
  if (end == std::string_view::npos) {
    return {.status = bytes.size() >= kMostLineBytes ? Line::Status::too_long : Line::Status::incomplete};
  }
  return {.status = Line::Status::whole, .text = bytes.substr(0, end), .bytes = end + kLineEnd.size()};
}

std::string connect_line(bool verbose) {
  return fmt::format(
      "CONNECT {{\"verbose\":{},\"pedantic\":false,\"tls_required\":false,"
      "\"lang\":\"c++\",\"version\":\"1\",\"name\":\"threadmill-load\",\"protocol\":0}}\r\n",
      verbose);
}

std::string_view reason_in(std::string_view line) { return line.substr(0, kMostNatsErrorBytes); }

/// What nobody waits for.
bool is_by_the_way(std::string_view line) {
  return line == "+OK" || line == "PONG" || line.starts_with("INFO ");
}

Greeting read_greeting(std::string_view bytes) {
  std::size_t used = 0;
  for (;;) {
    const Line line = first_line(bytes.substr(used));
    if (line.status == Line::Status::incomplete) return {};
    used += line.bytes;
    if (line.text == "PONG") return {.status = Greeting::Status::confirmed, .bytes = used};
    if (line.text.starts_with("-ERR")) {
      return {.status = Greeting::Status::refused,
              .reason = fmt::format("the server answered CONNECT with an error: {}", reason_in(line.text))};
    }
    if (line.status == Line::Status::too_long || !is_by_the_way(line.text)) {
      return {.status = Greeting::Status::malformed,
              .reason = "the server does not speak NATS: CONNECT was not confirmed"};
    }
  }
}

std::optional<std::size_t> read_size(std::string_view word) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), size);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return size;
}

/// "MSG subject sid size", and possibly where to reply before the size.
struct MessageLine {
  std::string_view topic;
  std::size_t payload_bytes = 0;
};

std::optional<MessageLine> read_message_line(std::string_view line) {
  if (!line.starts_with("MSG ")) return std::nullopt;
  line.remove_prefix(4);
  const auto topic_end = line.find(' ');
  const auto size_at = line.rfind(' ');
  if (topic_end == std::string_view::npos || topic_end == size_at) return std::nullopt;
  const auto size = read_size(line.substr(size_at + 1));
  if (!size) return std::nullopt;
  return MessageLine{line.substr(0, topic_end), *size};
}

class NatsPubsub final : public PubsubProtocol {
 public:
  std::string_view name() const override { return "NATS"; }
  std::string_view publish_word() const override { return "PUB"; }

  std::string publisher_greeting(std::uint32_t /*number*/, std::string_view /*topic*/) const override {
    return connect_line(true) + "PING\r\n";
  }
  Greeting read_publisher_greeting(std::string_view bytes) const override { return read_greeting(bytes); }

  PublishCommand publish_command(std::string_view topic, std::string_view payload) const override {
    PublishCommand command{.bytes = fmt::format("PUB {} {}\r\n", topic, payload.size())};
    command.payload_at = command.bytes.size();
    command.bytes.append(payload).append(kLineEnd);
    return command;
  }

  std::size_t read_answers(std::string_view bytes, std::vector<Answer>& answers) const override {
    std::size_t used = 0;
    while (used < bytes.size()) {
      const Line line = first_line(bytes.substr(used));
      if (line.status == Line::Status::incomplete) break;
      if (line.text == "+OK") {
        answers.push_back({});
      } else if (line.text == "PING") {
        answers.push_back({.kind = Answer::Kind::asks, .text = std::string(kPong)});
      } else if (line.text.starts_with("-ERR")) {
        answers.push_back({.kind = Answer::Kind::refused, .text = std::string(reason_in(line.text))});
      } else if (!line.text.starts_with("INFO ")) {
        answers.push_back({.kind = Answer::Kind::malformed, .text = "a reply to nothing that was sent"});
        break;
      }
      used += line.bytes;
    }
    return used;
  }

  std::string subscribe_command(std::uint32_t /*number*/, std::string_view topic) const override {
    return connect_line(false) + fmt::format("SUB {} 1\r\nPING\r\n", topic);
  }
  Greeting read_subscriber_greeting(std::string_view bytes) const override { return read_greeting(bytes); }

  std::optional<PushShape> push_shape(std::string_view topic, std::uint32_t payload_bytes) const override {
    PushShape shape{.header = fmt::format("MSG {} 1 {}\r\n", topic, payload_bytes),
                    .trailer = std::string(kLineEnd),
                    .payload_bytes = payload_bytes};
    shape.frame_bytes = shape.header.size() + payload_bytes + shape.trailer.size();
    return shape;
  }

  std::size_t most_push_bytes(std::string_view topic, std::uint32_t payload_bytes) const override {
    return push_shape(topic, payload_bytes)->frame_bytes;
  }

  void read_push(std::string_view bytes, std::size_t most_payload_bytes, Push& push) const override {
    const Line line = first_line(bytes);
    push.bytes = line.bytes;
    if (line.status == Line::Status::incomplete) {
      push.kind = Push::Kind::incomplete;
    } else if (line.text == "PING") {
      push.kind = Push::Kind::asks;
      push.text = kPong;
    } else if (line.text.starts_with("-ERR")) {
      push.kind = Push::Kind::refused;
      push.text = reason_in(line.text);
    } else if (line.status == Line::Status::whole && is_by_the_way(line.text)) {
      push.kind = Push::Kind::nothing;
    } else {
      read_message(bytes, line, most_payload_bytes, push);
    }
  }

 private:
  static void read_message(std::string_view bytes, const Line& line, std::size_t most_payload_bytes,
                           Push& push) {
    const auto message = read_message_line(line.text);
    if (!message || message->payload_bytes > most_payload_bytes * 2 + 4096) {
      push.kind = Push::Kind::malformed;
      push.text = "what is no message";
      return;
    }
    push.bytes = line.bytes + message->payload_bytes + kLineEnd.size();
    if (bytes.size() < push.bytes) {
      push.kind = Push::Kind::incomplete;
      return;
    }
    push.kind = Push::Kind::message;
    push.topic = message->topic;
    push.payload = bytes.substr(line.bytes, message->payload_bytes);
    if (bytes.substr(push.bytes - kLineEnd.size(), kLineEnd.size()) == kLineEnd) return;
    push.kind = Push::Kind::malformed;
    push.text = "a message that does not end where it says";
  }
};

}  // namespace

std::unique_ptr<PubsubProtocol> nats_pubsub() { return std::make_unique<NatsPubsub>(); }

}  // namespace threadmill::load
