#include "groupchat/message.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "json/error.h"
#include "json/file.h"
#include "json/strict_object.h"
#include "os/clock.h"
#include "os/errors.h"

namespace threadmill::groupchat {
namespace {

constexpr std::size_t kIdDigits = 32;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_id(std::string_view id) {
  return id.size() == kIdDigits && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_utf8(std::string_view text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());  // which refuses anything else
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

void check(const Message& message) {
  if (!is_id(message.id)) throw BadMessage("id must be 32 hexadecimal digits");
  if (!is_name(message.sender)) throw BadMessage("sender is no name");
  if (message.group.empty() == message.user.empty()) throw BadMessage("one of group and user must be given");
  if (!is_name(message.group + message.user)) throw BadMessage("group or user is no name");
  if (message.sent_at_us < 0) throw BadMessage("sent_at_us is below 0");
  if (message.kind == Kind::text && !is_content(message.content)) {
    throw BadMessage(fmt::format("content must be 1 to {} bytes of UTF-8", kMostContentBytes));
  }
  if (message.kind == Kind::receipt && message.user.empty()) throw BadMessage("a receipt is for a user");
  if (message.kind == Kind::receipt && !is_id(message.read_id)) {
    throw BadMessage("read_id must be 32 hexadecimal digits");
  }
}

Message new_message(Kind kind, std::string_view sender) {
  Message message;
  message.id = new_message_id();
  message.kind = kind;
  message.sender = sender;
  message.sent_at_us = now_us();
  return message;
}

std::string text_or_nothing(const json::StrictObject& object, std::string_view key) {
  return object.has(key) ? object.nonempty_text(key) : "";
}

Message from_json(const nlohmann::json& json) {
  const json::StrictObject object(
      json, "a message", {"id", "kind", "sender", "group", "user", "sent_at_us", "content", "read_id"});
  Message message;
  message.id = object.text("id");
  message.kind = kKinds[object.choice("kind", {word_for(Kind::text), word_for(Kind::receipt)})];
  message.sender = object.text("sender");
  message.group = text_or_nothing(object, "group");
  message.user = text_or_nothing(object, "user");
  message.sent_at_us = static_cast<std::int64_t>(
      object.integer("sent_at_us", 0, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
  const bool is_text = message.kind == Kind::text;
  if (object.has(is_text ? "read_id" : "content")) throw BadMessage("content and read_id are of two kinds");
  (is_text ? message.content : message.read_id) = object.text(is_text ? "content" : "read_id");
  return message;
}

}  // namespace

std::string_view word_for(Kind kind) { return kind == Kind::text ? "text" : "receipt"; }

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostNameBytes && std::ranges::all_of(name, is_name_character);
}

bool is_content(std::string_view content) {
  return !content.empty() && content.size() <= kMostContentBytes && is_utf8(content);
}

std::string write_message(const Message& message) {
  check(message);
  nlohmann::json json = {{"id", message.id},
                         {"kind", word_for(message.kind)},
                         {"sender", message.sender},
                         {"sent_at_us", message.sent_at_us}};
  if (!message.group.empty()) json["group"] = message.group;
  if (!message.user.empty()) json["user"] = message.user;
  if (message.kind == Kind::text) json["content"] = message.content;
  if (message.kind == Kind::receipt) json["read_id"] = message.read_id;
  return json.dump();
}

Message read_message(std::string_view bytes) {
  if (bytes.size() > kMostMessageBytes) {
    throw BadMessage(fmt::format("{} bytes, and {} are the most", bytes.size(), kMostMessageBytes));
  }
  try {
    const Message message = from_json(json::parse(std::string(bytes), "a message"));
    check(message);
    return message;
  } catch (const json::JsonError& error) {
    throw BadMessage(error.what());
  }
}

std::string new_message_id() {
  std::array<unsigned char, kIdDigits / 2> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    os::throw_errno("getrandom");
  }
  std::string id;
  for (const auto byte : random) id += fmt::format("{:02x}", byte);
  return id;
}

std::int64_t now_us() { return os::read_clock_ns(CLOCK_REALTIME) / 1000; }

Message text_to_group(std::string_view sender, std::string_view group, std::string_view content) {
  Message message = new_message(Kind::text, sender);
  message.group = group;
  message.content = content;
  return message;
}

Message text_to_user(std::string_view sender, std::string_view user, std::string_view content) {
  Message message = new_message(Kind::text, sender);
  message.user = user;
  message.content = content;
  return message;
}

Message receipt_for(const Message& text, std::string_view reader) {
  Message message = new_message(Kind::receipt, reader);
  message.user = text.sender;
  message.read_id = text.id;
  return message;
}

}  // namespace threadmill::groupchat
