#include "servers/core/lobby.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "protocol/message_sum.h"
#include "protocol/resp_encode.h"
#include "servers/core/words.h"

namespace threadmill::servers {
namespace {

constexpr std::size_t kAnyWords = SIZE_MAX;
// Of a message in a reply to HISTORY, besides its words.
constexpr std::size_t kMessageOverheadBytes = 64;

/// No spaces and no control characters, so that a name is one word in a line and cannot imitate another line;
/// ':' ends a name and '*' begins a notice for those who watch a room's topic.
bool is_one_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > ' ' && byte != 0x7f && c != ':' && c != '*';
  });
}

/// From an inline line, the text comes as several words.
std::string text_from(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text.push_back(' ');
    text.append(words[i]);
  }
  return text;
}

std::optional<std::uint64_t> number_from(std::string_view text) {
  std::uint64_t number = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc{} || end != last) return std::nullopt;
  return number;
}

/// Its first word is a simple string, as in no reply: so a client can tell them apart.
std::string push_of(std::string_view kind, std::initializer_list<std::string_view> words) {
  std::string bytes;
  resp::append_array_header(bytes, 1 + words.size());
  resp::append_simple(bytes, kind);
  for (const auto word : words) resp::append_bulk(bytes, word);
  return bytes;
}

std::string topic_of(std::string_view room) { return fmt::format("room:{}", room); }

void append_count(std::string& reply, std::size_t count) {
  resp::append_integer(reply, static_cast<std::int64_t>(count));
}

}  // namespace

struct Lobby::Command {
  std::string_view name;
  std::size_t fewest_words;
  std::size_t most_words;
  void (Lobby::*run)(Member&, Words, std::string&);
};

/// The table, in one place for is_lobby_command() and run().
struct LobbyCommands {
  static const Lobby::Command* find(std::string_view name) {
    static const std::array<Lobby::Command, 10> commands = {{
        {"say", 3, kAnyWords, &Lobby::say},
        {"ack", 2, kAnyWords, &Lobby::acknowledge},
        {"confirm", 5, kAnyWords, &Lobby::confirm},
        {"tell", 3, kAnyWords, &Lobby::tell},
        {"nick", 2, 2, &Lobby::nick},
        {"join", 2, 2, &Lobby::join},
        {"part", 2, 2, &Lobby::part},
        {"who", 1, 2, &Lobby::who},
        {"rooms", 1, 1, &Lobby::list_rooms},
        {"history", 2, 4, &Lobby::history},
    }};
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Lobby::Command& command) {
      return same_word(command.name, name);
    });
    return found == commands.end() ? nullptr : &*found;
  }
};

bool is_lobby_command(std::string_view word) { return LobbyCommands::find(word) != nullptr; }

Lobby::Lobby(const LobbyLimits& limits, Fanout& topics, MessageLog* log, Packing packing,
             EventHistory* events)
    : limits_(limits),
      topics_(topics),
      log_(log),
      packing_(packing),
      events_(events),
      confirmations_(limits.unconfirmed) {}

std::string Lobby::run(Member& member, std::span<const std::string_view> words) {
  std::string reply;
  const Command* command = words.empty() ? nullptr : LobbyCommands::find(words[0]);
  if (command == nullptr) {
    resp::append_error(reply, "ERR no command of the lobby");
  } else if (words.size() < command->fewest_words || words.size() > command->most_words) {
    resp::append_error(reply, fmt::format("ERR wrong number of arguments for '{}' command", command->name));
  } else {
    (this->*command->run)(member, words, reply);
  }
  return reply;
}

// Names.

void Lobby::nick(Member& member, Words words, std::string& reply) {
  const std::string_view name = words[1];
  if (!is_one_word(name) || name.size() > limits_.name_bytes) {
    resp::append_error(
        reply,
        fmt::format("ERR a name has 1 to {} bytes, no spaces, no control characters and none of : and *",
                    limits_.name_bytes));
    return;
  }
  const auto taken = by_name_.find(name);
  if (taken != by_name_.end() && taken->second != &member) {
    resp::append_error(
        reply, fmt::format("ERR '{}' is the name of somebody else who is here; choose another", name));
    return;
  }
  Person& person = people_[&member];
  const std::string old = std::exchange(person.name, std::string(name));
  if (old != name) {
    if (!old.empty()) by_name_.erase(old);
    by_name_.emplace(name, &member);
    const std::string line = fmt::format("* {} is {} now", old, name);
    for (const auto& room : person.rooms) {
      push_to_room(room, rooms_.find(room)->second, &member, push_of("renamed", {room, old, name}), line);
    }
  }
  resp::append_simple(reply, "OK");
}

const Lobby::Person* Lobby::named(const Member& member, std::string& reply) {
  const auto found = people_.find(&member);
  if (found != people_.end() && !found->second.name.empty()) return &found->second;
  resp::append_error(reply, "ERR you have no name yet; choose one with NICK name");
  return nullptr;
}

// Rooms.

void Lobby::join(Member& member, Words words, std::string& reply) {
  const std::string_view name = words[1];
  if (named(member, reply) == nullptr) return;
  Person& person = people_[&member];
  auto found = rooms_.find(name);
  if (found != rooms_.end() && std::ranges::find(person.rooms, name) != person.rooms.end()) {
    append_count(reply, found->second.members.size());
    return;
  }
  if (!is_one_word(name) || name.size() > limits_.room_bytes) {
    resp::append_error(
        reply,
        fmt::format(
            "ERR a room's name has 1 to {} bytes, no spaces, no control characters and none of : and *",
            limits_.room_bytes));
  } else if (person.rooms.size() >= limits_.rooms_of_member) {
    resp::append_error(reply,
                       fmt::format("ERR you are in {} rooms, which is the limit; leave one with PART room",
                                   person.rooms.size()));
  } else if (found == rooms_.end() && !make_place()) {
    resp::append_error(reply,
                       fmt::format("ERR there are {} rooms with people in them, which is the limit; ROOMS "
                                   "tells which",
                                   rooms_.size()));
  } else {
    if (found == rooms_.end()) found = rooms_.try_emplace(std::string(name)).first;
    push_to_room(found->first, found->second, nullptr, push_of("joined", {name, person.name}),
                 fmt::format("* {} joined", person.name));
    found->second.members.push_back(&member);
    person.rooms.emplace_back(name);
    append_count(reply, found->second.members.size());
  }
}

bool Lobby::make_place() {
  if (rooms_.size() < limits_.rooms) return true;
  auto oldest = rooms_.end();
  for (auto room = rooms_.begin(); room != rooms_.end(); ++room) {
    if (!room->second.members.empty()) continue;
    if (oldest == rooms_.end() || room->second.last_number < oldest->second.last_number) oldest = room;
  }
  if (oldest == rooms_.end()) return false;
  rooms_.erase(oldest);
  return true;
}

Lobby::Room* Lobby::entered(const Member& member, std::string_view room, std::string& reply) {
  const auto found = rooms_.find(room);
  const auto person = people_.find(&member);
  if (found != rooms_.end() && person != people_.end()) {
    const auto& its_rooms = person->second.rooms;
    if (std::ranges::find(its_rooms, room) != its_rooms.end()) return &found->second;
  }
  resp::append_error(reply, fmt::format("ERR you are not in the room '{}'; enter it with JOIN room",
                                        room.substr(0, limits_.room_bytes)));
  return nullptr;
}

void Lobby::part(Member& member, Words words, std::string& reply) {
  if (named(member, reply) == nullptr || entered(member, words[1], reply) == nullptr) return;
  Person& person = people_[&member];
  const std::string room(words[1]);
  std::erase(person.rooms, room);
  append_count(reply, leave_room(member, person.name, room, Departure::clean));
}

void Lobby::leave(Member& member, Departure how) {
  const auto found = people_.find(&member);
  if (found == people_.end()) return;
  const Person person = std::move(found->second);
  people_.erase(found);
  by_name_.erase(person.name);
  confirmations_.forget(member);
  for (const auto& room : person.rooms) leave_room(member, person.name, room, how);
}

std::size_t Lobby::leave_room(Member& member, std::string_view name, const std::string& room, Departure how) {
  Room& left = rooms_.find(room)->second;
  std::erase(left.members, &member);
  const std::size_t stay = left.members.size();
  const std::string_view word = how == Departure::clean ? "left" : "lost";
  const std::string line = how == Departure::clean ? fmt::format("* {} left", name)
                                                   : fmt::format("* the connection to {} was lost", name);
  push_to_room(room, left, nullptr, push_of("left", {room, name, word}), line);
  if (left.members.empty() && left.history.empty()) rooms_.erase(room);
  return stay;
}

void Lobby::who(Member&, Words words, std::string& reply) {
  std::vector<std::string_view> names;
  if (words.size() == 1) {
    for (const auto& [name, member] : by_name_) names.push_back(name);
  } else if (const auto room = rooms_.find(words[1]); room != rooms_.end()) {
    for (const Member* member : room->second.members) names.push_back(people_.find(member)->second.name);
    std::sort(names.begin(), names.end());
  }
  if (names.size() > limits_.listed) names.resize(limits_.listed);
  resp::append_array_header(reply, names.size());
  for (const auto name : names) resp::append_bulk(reply, name);
}

void Lobby::list_rooms(Member&, Words, std::string& reply) {
  resp::append_array_header(reply, rooms_.size());
  for (const auto& [name, room] : rooms_) resp::append_bulk(reply, name);
}

// Messages.

void Lobby::say(Member& member, Words words, std::string& reply) { say(member, words, nullptr, reply); }

void Lobby::tell(Member& member, Words words, std::string& reply) { tell(member, words, nullptr, reply); }

bool Lobby::acceptable_text(std::string_view text, std::string& reply) const {
  if (text.size() <= limits_.text_bytes) return true;
  resp::append_error(reply, fmt::format("ERR the text has {} bytes, the limit is {}; send it in parts",
                                        text.size(), limits_.text_bytes));
  return false;
}

void Lobby::say(Member& member, Words words, const Wish* wish, std::string& reply) {
  const Person* person = named(member, reply);
  if (person == nullptr) return;
  Room* room = entered(member, words[1], reply);
  if (room == nullptr) return;
  RoomMessage message{0, std::string(words[1]), person->name, text_from(words.subspan(2))};
  if (!acceptable_text(message.text, reply)) return;
  message.number = last_number_ + 1;
  if (wish != nullptr) confirmations_.await(wish->sum, member, wish->id, room->members.size() - 1);
  std::string push =
      push_of("said", {message.room, message.name, std::to_string(message.number), message.text});
  const std::string line = fmt::format("{}: {}", message.name, message.text);
  add_to_history(*room, message);
  if (log_ != nullptr) log_->keep(message);
  append_count(reply, push_to_room(message.room, *room, &member, std::move(push), line));
}

void Lobby::tell(Member& member, Words words, const Wish* wish, std::string& reply) {
  const Person* person = named(member, reply);
  if (person == nullptr) return;
  const auto to = by_name_.find(words[1]);
  if (to == by_name_.end()) {
    resp::append_error(reply, fmt::format("ERR nobody here is called '{}'; WHO tells who is",
                                          words[1].substr(0, limits_.name_bytes)));
    return;
  }
  const std::string text = text_from(words.subspan(2));
  if (!acceptable_text(text, reply)) return;
  if (wish != nullptr) confirmations_.await(wish->sum, member, wish->id, 1, to->second);
  push_to(*to->second, push_of("told", {person->name, text}));
  append_count(reply, 1);
}

void Lobby::add_to_history(Room& room, RoomMessage message) {
  last_number_ = std::max(last_number_, message.number);
  room.last_number = message.number;
  if (limits_.history == 0) return;
  room.history.push_back(std::move(message));
  if (room.history.size() > limits_.history) room.history.pop_front();
}

void Lobby::history(Member&, Words words, std::string& reply) {
  const auto count = words.size() > 2 ? number_from(words[2]) : std::optional<std::uint64_t>(limits_.history);
  const auto before = words.size() > 3 ? number_from(words[3]) : std::optional<std::uint64_t>(UINT64_MAX);
  if (!count || !before) {
    resp::append_error(reply, "ERR value is not an integer or out of range");
    return;
  }
  const auto room = rooms_.find(words[1]);
  static const std::deque<RoomMessage> none;
  const auto& messages = room == rooms_.end() ? none : room->second.history;
  const auto end = std::partition_point(messages.begin(), messages.end(),
                                        [&](const RoomMessage& message) { return message.number < *before; });
  auto begin = end;
  std::size_t bytes = 0;
  for (std::uint64_t taken = 0; begin != messages.begin() && taken < *count; ++taken, --begin) {
    const RoomMessage& message = *std::prev(begin);
    bytes += message.name.size() + message.text.size() + kMessageOverheadBytes;
    if (taken > 0 && bytes > limits_.reply_bytes) break;
  }
  resp::append_array_header(reply, static_cast<std::size_t>(end - begin));
  for (; begin != end; ++begin) {
    resp::append_command(reply, {std::to_string(begin->number), begin->name, begin->text});
  }
}

// Confirmations.

void Lobby::confirm(Member& member, Words words, std::string& reply) {
  const auto told = protocol::parse_sum(words[2]);
  if (words[1].size() > limits_.id_bytes || words[1].empty()) {
    resp::append_error(reply, fmt::format("ERR an id has 1 to {} bytes", limits_.id_bytes));
    return;
  }
  if (!told) {
    resp::append_error(reply, "ERR a sum is XXH3 with 64 bits as 16 hexadecimal digits");
    return;
  }
  const Words command = words.subspan(3);
  const bool has_text = command.size() >= 3;
  const std::uint64_t sum = has_text ? protocol::xxh3(text_from(command.subspan(2))) : 0;
  if (has_text && sum != *told) {
    resp::append_error(
        reply, fmt::format("ERR wrong sum for '{}': what came has {}, you sent {}; send it again", words[1],
                           protocol::sum_text(sum), protocol::sum_text(*told)));
    return;
  }
  const Wish wish{words[1], sum};
  if (has_text && same_word(command[0], "say")) {
    say(member, command, &wish, reply);
  } else if (has_text && same_word(command[0], "tell")) {
    tell(member, command, &wish, reply);
  } else if (command.size() == 3 && same_word(command[0], "publish")) {
    publish(member, command, wish, reply);
  } else {
    resp::append_error(reply,
                       "ERR CONFIRM takes an id, a sum and SAY room text, TELL name text or PUBLISH topic "
                       "payload");
  }
}

void Lobby::publish(Member& member, Words words, const Wish& wish, std::string& reply) {
  if (const auto fault = topic_fault(words[1], limits_.topic_bytes); !fault.empty()) {
    resp::append_error(reply, fault);
    return;
  }
  people_.try_emplace(&member);  // so that leave() forgets what it waits for
  confirmations_.await(wish.sum, member, wish.id, topics_.member_count(words[1]));
  append_count(reply, publish_to(words[1], words[2]));
}

void Lobby::acknowledge(Member& member, Words words, std::string& reply) {
  std::size_t known = 0;
  for (const auto word : words.subspan(1)) {
    const auto sum = protocol::parse_sum(word);
    const auto progress = sum ? confirmations_.confirm(*sum, member) : std::nullopt;
    if (!progress) continue;
    ++known;
    push_to(*progress->sender, push_of("delivered", {progress->id, std::to_string(progress->confirmed),
                                                     std::to_string(progress->receivers)}));
  }
  append_count(reply, known);
}

// To others.

std::string Lobby::packed(std::string push) const {
  return packing_ == nullptr ? std::move(push) : packing_(push);
}

void Lobby::push_to(Member& member, std::string push) { member.deliver(share({packed(std::move(push)), 1})); }

std::size_t Lobby::push_to_room(const std::string& name, const Room& room, const Member* except,
                                std::string push, std::string_view line) {
  std::size_t told = 0;
  if (room.members.size() > (except == nullptr ? 0U : 1U)) {
    const auto shared = share({packed(std::move(push)), 1});
    for (Member* member : room.members) {
      if (member == except) continue;
      member->deliver(shared);
      ++told;
    }
  }
  publish_to(topic_of(name), line);
  return told;
}

std::size_t Lobby::publish_to(std::string_view topic, std::string_view payload) {
  if (packing_ == nullptr) return publish_message(topics_, topic, payload, events_);
  std::string push;
  resp::append_message_push(push, topic, payload);
  return topics_.publish(topic, {packed(std::move(push)), 1});
}

// What outlives the process.

void Lobby::restore(RoomMessage message) {
  auto found = rooms_.find(message.room);
  if (found == rooms_.end()) {
    if (!make_place()) return;
    found = rooms_.try_emplace(message.room).first;
  }
  add_to_history(found->second, std::move(message));
}

std::vector<const RoomMessage*> Lobby::kept() const {
  std::vector<const RoomMessage*> messages;
  for (const auto& [name, room] : rooms_) {
    for (const auto& message : room.history) messages.push_back(&message);
  }
  std::ranges::sort(messages, {}, [](const RoomMessage* message) { return message->number; });
  return messages;
}

}  // namespace threadmill::servers
