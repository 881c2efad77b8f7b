#include "harness/chat/conversation.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "harness/chat/readable.h"
#include "harness/chat/words.h"
#include "protocol/message_sum.h"
#include "protocol/resp_encode.h"

namespace threadmill::harness {
namespace {

constexpr std::string_view kHelp =
    "A line is said in the room that you are in. Commands:\n"
    "  /name NAME       how others see you           /join ROOM     enter a room, or speak in another one\n"
    "  /part [ROOM]     leave a room                 /rooms         which rooms there are\n"
    "  /who [ROOM]      who is here                  /history [ROOM] [N]  what was said, the latest N\n"
    "  /tell NAME TEXT  to one person only           /quit, sair    leave\n"
    "  //TEXT           a line that begins with /\n";

// What a server may send: names and histories, within the limits of the lobby.
constexpr resp::ReplyLimits kReplyLimits{
    .line_bytes = 64 << 10, .bulk_bytes = 1 << 20, .elements = 16 << 10, .depth = 4};

// Of how many messages it is remembered how they begin, to say so when they have come to all.
constexpr std::size_t kMostUndelivered = 100;

// A server lists no more names than that (LobbyLimits::listed).
constexpr std::size_t kMostListed = 1000;

/// The commands that a server advises in its errors, and what they are here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kAdvice = {{
    {"NICK name", "/name NAME"},
    {"JOIN room", "/join ROOM"},
    {"PART room", "/part ROOM"},
    {"WHO tells", "/who tells"},
    {"ROOMS tells", "/rooms tells"},
}};

std::string with_our_commands(std::string text) {
  for (const auto& [theirs, ours] : kAdvice) {
    const auto at = text.find(theirs);
    if (at != std::string::npos) text.replace(at, theirs.size(), ours);
  }
  return text;
}

std::string_view text_at(const resp::Reply& push, std::size_t at) {
  return at < push.elements.size() ? push.elements[at].text : std::string_view();
}

std::string names_in_line(const resp::Reply& reply) {
  std::string line;
  for (const auto& name : reply.elements) line += (line.empty() ? "" : " ") + readable(name.text);
  return line;
}

}  // namespace

Conversation::Conversation(std::string_view name, std::string_view room)
    : first_room_(room), reader_(kReplyLimits) {
  print("* /help tells the commands");
  if (name.empty()) {
    print("* choose a name with /name NAME");
  } else {
    set_name(name);
  }
}

std::string Conversation::take_bytes_to_send() { return std::exchange(to_send_, {}); }

std::string Conversation::take_lines() { return std::exchange(lines_, {}); }

void Conversation::print(std::string_view line) { lines_.append(line).push_back('\n'); }

// What is typed.

void Conversation::on_typed(std::string_view line) {
  line = trimmed(line);
  if (line.empty() || leaving_) return;
  if (line == "sair") {
    leave();
  } else if (line.starts_with("//")) {
    say(line.substr(1));
  } else if (line.starts_with("/")) {
    run_command(line.substr(1));
  } else {
    say(line);
  }
}

void Conversation::on_end_of_typing() {
  if (!leaving_) leave();
}

void Conversation::run_command(std::string_view line) {
  const auto [command, arguments] = first_word(line);
  if (command == "name" || command == "nick") return set_name(arguments);
  if (command == "join") return join(arguments);
  if (command == "part") return part(arguments);
  if (command == "tell" || command == "msg") return tell(arguments);
  if (command == "who") return who(arguments);
  if (command == "rooms") return list_rooms();
  if (command == "history") return history(arguments);
  if (command == "quit") return leave();
  if (command == "help") {
    lines_.append(kHelp);
  } else {
    print(fmt::format("! there is no /{}; /help tells the commands", readable(command)));
  }
}

void Conversation::say(std::string_view text) {
  if (room_.empty()) return print("! you are in no room; enter one with /join ROOM");
  ask_confirmed({"SAY", room_, text}, text);
}

void Conversation::tell(std::string_view arguments) {
  const auto [name, text] = first_word(arguments);
  if (text.empty()) return print("! /tell NAME TEXT");
  ask_confirmed({"TELL", name, text}, text);
}

void Conversation::set_name(std::string_view name) {
  ask({"NICK", name}, [this, wanted = std::string(name)](const resp::Reply&) {
    name_ = wanted;
    print(fmt::format("* you are {}", readable(wanted)));
    if (const auto room = std::exchange(first_room_, {}); !room.empty()) join(room);
  });
}

void Conversation::join(std::string_view room) {
  ask({"JOIN", room}, [this, wanted = std::string(room)](const resp::Reply& reply) {
    room_ = wanted;
    print(fmt::format("* you are in {}, {} here", readable(wanted), reply.integer));
  });
}

void Conversation::part(std::string_view room) {
  const std::string left(room.empty() ? std::string_view(room_) : room);
  if (left.empty()) return print("! you are in no room");
  ask({"PART", left}, [this, left](const resp::Reply&) {
    if (room_ == left) room_.clear();
    print(fmt::format("* you left {}", readable(left)));
  });
}

void Conversation::who(std::string_view room) {
  const auto show = [this](const resp::Reply& reply) {
    const std::size_t count = reply.elements.size();
    print(
        fmt::format("* {}{} here: {}", count, count >= kMostListed ? " or more" : "", names_in_line(reply)));
  };
  const std::string_view asked = room.empty() ? std::string_view(room_) : room;
  if (asked.empty()) {
    ask({"WHO"}, show);
  } else {
    ask({"WHO", asked}, show);
  }
}

void Conversation::list_rooms() {
  ask({"ROOMS"}, [this](const resp::Reply& reply) {
    print(fmt::format("* {} rooms: {}", reply.elements.size(), names_in_line(reply)));
  });
}

void Conversation::history(std::string_view arguments) {
  const auto [first, rest] = first_word(arguments);
  const bool is_count = !first.empty() && first.find_first_not_of("0123456789") == std::string_view::npos;
  const std::string room(is_count || first.empty() ? std::string_view(room_) : first);
  const std::string count(is_count ? first : rest.empty() ? std::string_view("20") : rest);
  if (room.empty()) return print("! you are in no room; /history ROOM [N]");
  ask({"HISTORY", room, count}, [this, room](const resp::Reply& reply) {
    print(fmt::format("* the latest {} of {}", reply.elements.size(), readable(room)));
    for (const auto& message : reply.elements) {
      print(fmt::format("  {}: {}", readable(text_at(message, 1)), readable(text_at(message, 2))));
    }
  });
}

void Conversation::leave() {
  leaving_ = true;
  ask({"QUIT"}, [this](const resp::Reply&) { has_left_ = true; });
}

void Conversation::ask(std::initializer_list<std::string_view> words, OnReply on_reply) {
  resp::append_command(to_send_, words);
  awaited_.push_back(std::move(on_reply));
}

void Conversation::ask_confirmed(std::initializer_list<std::string_view> words, std::string_view text) {
  const std::string id = std::to_string(next_id_);
  undelivered_.emplace(next_id_++, beginning_of(text));
  if (undelivered_.size() > kMostUndelivered) undelivered_.erase(undelivered_.begin());
  const std::string sum = protocol::sum_text(protocol::xxh3(text));
  resp::append_array_header(to_send_, 3 + words.size());
  resp::append_bulk(to_send_, "CONFIRM");
  resp::append_bulk(to_send_, id);
  resp::append_bulk(to_send_, sum);
  for (const auto each : words) resp::append_bulk(to_send_, each);
  awaited_.push_back([this](const resp::Reply& reply) {
    if (reply.integer == 0) print("* nobody else is here");
  });
}

// What the server sends.

void Conversation::on_received(std::string_view bytes) {
  reader_.feed(bytes);
  resp::Reply reply;
  while (broken_.empty() && !has_left_) {
    const auto result = reader_.next(reply);
    if (result.status == resp::ReplyStatus::incomplete) return;
    if (result.status == resp::ReplyStatus::malformed) {
      broken_ = fmt::format("the server does not speak RESP2: {}", result.reason);
      return;
    }
    const bool is_push = reply.kind == resp::ReplyKind::array && !reply.elements.empty() &&
                         reply.elements[0].kind == resp::ReplyKind::simple;
    if (is_push) {
      take_push(reply);
    } else {
      take_reply(reply);
    }
  }
}

void Conversation::take_reply(const resp::Reply& reply) {
  if (awaited_.empty()) {
    // A server that is full says so before anything is asked.
    broken_ = fmt::format("the server said {} to nothing that was asked", readable(reply.text));
    return;
  }
  const OnReply on_reply = std::move(awaited_.front());
  awaited_.pop_front();
  if (reply.kind == resp::ReplyKind::error) {
    const std::string_view text = reply.text.starts_with("ERR ") ? reply.text.substr(4) : reply.text;
    print(fmt::format("! {}", with_our_commands(readable(text))));
  } else if (on_reply) {
    on_reply(reply);
  }
}

void Conversation::take_push(const resp::Reply& push) {
  const std::string_view kind = text_at(push, 0);
  if (kind == "said") {
    acknowledge(text_at(push, 4));
    const std::string where = text_at(push, 1) == room_ ? "" : "[" + readable(text_at(push, 1)) + "] ";
    print(fmt::format("{}{}: {}", where, readable(text_at(push, 2)), readable(text_at(push, 4))));
  } else if (kind == "told") {
    acknowledge(text_at(push, 2));
    print(fmt::format("(to you) {}: {}", readable(text_at(push, 1)), readable(text_at(push, 2))));
  } else if (kind == "joined") {
    print(fmt::format("* {} joined {}", readable(text_at(push, 2)), readable(text_at(push, 1))));
  } else if (kind == "left" && text_at(push, 3) == "lost") {
    print(fmt::format("* the connection to {} in {} was lost", readable(text_at(push, 2)),
                      readable(text_at(push, 1))));
  } else if (kind == "left") {
    print(fmt::format("* {} left {}", readable(text_at(push, 2)), readable(text_at(push, 1))));
  } else if (kind == "renamed") {
    print(fmt::format("* {} is {} now", readable(text_at(push, 2)), readable(text_at(push, 3))));
  } else if (kind == "delivered" && text_at(push, 2) == text_at(push, 3)) {
    show_delivered(text_at(push, 1), text_at(push, 3));
  }
}

void Conversation::show_delivered(std::string_view id, std::string_view receivers) {
  std::uint64_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  const auto sent = undelivered_.find(number);
  if (sent == undelivered_.end()) return;
  print(fmt::format("* has come to all {}: {}", readable(receivers), sent->second));
  undelivered_.erase(sent);
}

void Conversation::acknowledge(std::string_view text) {
  const std::string sum = protocol::sum_text(protocol::xxh3(text));
  ask({"ACK", sum}, [](const resp::Reply&) {});
}

}  // namespace threadmill::harness
