// Publishing over HTTP/1.1 (RFC 9112), receiving Server-Sent Events
// (https://html.spec.whatwg.org/#server-sent-events).

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "loadgen/http_head.h"
#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kMostAnswerBytes = 64 << 10;
constexpr std::size_t kMostStatusBytes = 200;
// What an event has besides its payload and its topic: an id, the names of fields, the marks of JSON.
constexpr std::size_t kEventBytes = 160;
constexpr std::string_view kReceivers = "\"receivers\":";

/// RFC 9110, section 7.2; an IPv6 address stands in brackets.
std::string authority_of(const Target& target) {
  const bool ipv6 = target.address.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(ipv6 ? "[{}]:{}" : "{}:{}"), target.address, target.port);
}

/// What the body of an answer says; many servers say nothing.
std::int64_t receivers_in(std::string_view body) {
  const auto at = body.find(kReceivers);
  if (at == std::string_view::npos) return Answer::kNotTold;
  body.remove_prefix(at + kReceivers.size());
  while (body.starts_with(' ')) body.remove_prefix(1);
  std::int64_t receivers = 0;
  const auto read = std::from_chars(body.data(), body.data() + body.size(), receivers);
  return read.ec == std::errc{} ? receivers : Answer::kNotTold;
}

Answer malformed_answer(std::string what) {
  return {.kind = Answer::Kind::malformed, .text = std::move(what)};
}

/// An event up to and with the blank line that ends it. CR is no line end here: we do not want to send CR.
std::string_view first_event(std::string_view bytes) {
  const auto end = bytes.find("\n\n");
  return end == std::string_view::npos ? std::string_view() : bytes.substr(0, end + 2);
}

/// The data of an event: its "data" lines, one behind the other.
std::string data_of(std::string_view event) {
  std::string data;
  bool any = false;
  while (!event.empty()) {
    const auto end = event.find('\n');
    std::string_view line = event.substr(0, end);
    event.remove_prefix(end + 1);  // an event ends with one
    if (!line.starts_with("data:")) continue;
    line.remove_prefix(5);
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (any) data += '\n';
    data += line;
    any = true;
  }
  return data;
}

/// Of an event that is to be a JSON object with "topic" and "data".
void read_event_data(const std::string& data, Push& push) {
  push.kind = Push::Kind::message;
  push.topic.clear();
  push.payload.clear();
  const auto json = nlohmann::json::parse(data, nullptr, false);
  const auto take_text = [&](const char* key, std::string& text) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (!json.is_object() || found == json.end() || !found->is_string()) return false;
    text = found->get<std::string>();
    return true;
  };
  if (take_text("topic", push.topic) && take_text("data", push.payload)) return;
  push.kind = Push::Kind::malformed;
  push.text = "an event whose data is not {\"topic\": TEXT, \"data\": TEXT}";
}

/// What our gateway begins a stream with, so that clients know where they are.
bool says_where_it_begins(std::string_view event) {
  constexpr std::string_view kHere = "event: here\n";
  return event.starts_with(kHere) || event.find("\nevent: here\n") != std::string_view::npos;
}

class SsePubsub final : public PubsubProtocol {
 public:
  explicit SsePubsub(const Target& target) : host_(authority_of(target)) {}

  std::string_view name() const override { return "HTTP with Server-Sent Events"; }
  std::string_view publish_word() const override { return "POST"; }
  bool text_only() const override { return true; }

  PublishCommand publish_command(std::string_view topic, std::string_view payload) const override {
    constexpr std::string_view before = "{\"data\":\"";
    constexpr std::string_view after = "\"}";
    PublishCommand command;
    command.bytes = fmt::format(
        "POST /topics/{}/messages HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        topic, host_, before.size() + payload.size() + after.size(), before);
    command.payload_at = command.bytes.size();
    command.bytes.append(payload).append(after);
    return command;
  }

  std::size_t read_answers(std::string_view bytes, std::vector<Answer>& answers) const override {
    std::size_t used = 0;
    while (used < bytes.size()) {
      const std::string_view rest = bytes.substr(used);
      const HttpHead head = read_http_head(rest);
      if (head.status == HttpHead::Status::incomplete) break;
      Answer answer = answer_of_head(head);
      if (answer.kind != Answer::Kind::malformed) {
        const std::size_t body = head.content_length.value_or(0);
        if (rest.size() < head.bytes + body) break;
        if (answer.kind == Answer::Kind::taken)
          answer.receivers = receivers_in(rest.substr(head.bytes, body));
        used += head.bytes + body;
      }
      answers.push_back(std::move(answer));
      if (answers.back().kind == Answer::Kind::malformed) break;
    }
    return used;
  }

  std::string subscribe_command(std::uint32_t /*number*/, std::string_view topic) const override {
    return fmt::format("GET /events?topic={} HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\n\r\n",
                       topic, host_);
  }

  Greeting read_subscriber_greeting(std::string_view bytes) const override {
    const HttpHead head = read_http_head(bytes);
    if (head.status == HttpHead::Status::incomplete) return {};
    if (head.status == HttpHead::Status::malformed) {
      return {.status = Greeting::Status::malformed,
              .reason = "the server does not speak HTTP/1.1: GET /events was not answered with it"};
    }
    if (head.code != 200) {
      return {.status = Greeting::Status::refused,
              .reason = fmt::format("the server answered GET /events with {}",
                                    head.first_line.substr(0, kMostStatusBytes))};
    }
    if (!head.content_type.starts_with("text/event-stream")) {
      return {.status = Greeting::Status::malformed,
              .reason = fmt::format("the server answered GET /events with {}, not text/event-stream",
                                    head.content_type.substr(0, kMostStatusBytes))};
    }
    return {.status = Greeting::Status::confirmed, .bytes = head.bytes, .chunked = head.chunked};
  }

  /// Events have ids, which grow longer.
  std::optional<PushShape> push_shape(std::string_view /*topic*/,
                                      std::uint32_t /*payload_bytes*/) const override {
    return std::nullopt;
  }

  std::size_t most_push_bytes(std::string_view topic, std::uint32_t payload_bytes) const override {
    return topic.size() + payload_bytes + kEventBytes;
  }

  void read_push(std::string_view bytes, std::size_t most_payload_bytes, Push& push) const override {
    const std::string_view event = first_event(bytes);
    push.bytes = event.size();
    if (event.empty()) {
      const bool too_long = bytes.size() > most_payload_bytes * 2 + kMostAnswerBytes;
      push.kind = too_long ? Push::Kind::malformed : Push::Kind::incomplete;
      if (too_long) push.text = "an event without an end";
      return;
    }
    const std::string data = data_of(event);
    if (data.empty() || says_where_it_begins(event)) {
      push.kind = Push::Kind::nothing;  // a comment, an id, how soon to connect anew
    } else {
      read_event_data(data, push);
    }
  }

 private:
  static Answer answer_of_head(const HttpHead& head) {
    if (head.status == HttpHead::Status::malformed) return malformed_answer("what is no HTTP/1.1 response");
    const std::string first(head.first_line.substr(0, kMostStatusBytes));
    const bool bare = head.code == 204;
    if (!bare && (head.chunked || !head.content_length || *head.content_length > kMostAnswerBytes)) {
      return malformed_answer(
          fmt::format("{} with neither 204 nor Content-Length up to {}", first, kMostAnswerBytes));
    }
    if (head.code >= 200 && head.code < 300) return {};
    return {.kind = Answer::Kind::refused, .text = first};
  }

  std::string host_;
};

}  // namespace

std::unique_ptr<PubsubProtocol> sse_pubsub(const Target& target) {
  return std::make_unique<SsePubsub>(target);
}

}  // namespace threadmill::load
