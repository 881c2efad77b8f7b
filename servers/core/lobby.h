#pragma once
// Chat as people expect it: unique names, rooms, private messages, who is here, a bounded history.

#include <cstddef>
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "servers/core/channel.h"
#include "servers/core/confirmations.h"
#include "servers/core/fanout.h"
#include "servers/core/rooms.h"

namespace threadmill::servers {

struct LobbyLimits {
  std::size_t name_bytes = 32;
  std::size_t room_bytes = 64;         ///< of a room's name
  std::size_t text_bytes = 4096;       ///< of one message
  std::size_t rooms = 256;             ///< at once; a new one takes the place of one that is empty, if any is
  std::size_t rooms_of_member = 32;    ///< that one member is in
  std::size_t history = 100;           ///< messages kept for each room; 0: none
  std::size_t reply_bytes = 64 << 10;  ///< of one HISTORY, but at least one message
  std::size_t listed = 1000;           ///< names of one WHO
  std::size_t topic_bytes = kMostTopicBytes;  ///< of CONFIRM .. PUBLISH
  std::size_t id_bytes = 32;                  ///< of what a sender calls its message
  std::size_t unconfirmed = 64 << 10;         ///< messages whose senders await confirmations
};

/// Whether words that begin so are for the lobby; letters in any case.
bool is_lobby_command(std::string_view word);

/// A deterministic state machine without I/O: what is given to run(), leave() and restore(), in that order,
/// settles every reply and every push. Used by one thread at a time; Member::deliver() is called from inside.
///
///   NICK name            OK, or an error when another has it           pushes "renamed" room old new
///   JOIN room            how many are in it now                        pushes "joined" room name
///   PART room            how many stay                                 pushes "left" room name "left"
///   SAY room text..      how many others were told                     pushes "said" room name number text
///   TELL name text..     1, or an error when nobody has that name      pushes "told" name text
///   WHO [room]           names, sorted; of more than LobbyLimits::listed, the first
///   ROOMS                rooms, sorted
///   HISTORY room [n [before]]
///                        the latest n, each: number, name, text; `before`: of those with a lower number
///   CONFIRM id sum SAY|TELL|PUBLISH ..
///                        the same reply; for each ACK "delivered" id count receivers is pushed to the
///                        sender. Who acknowledges is not checked against who received, only that it is not
///                        the sender and does so once. `sum` is the text's (protocol/message_sum.h); a wrong
///                        one is an error, and nothing is sent
///   ACK sum..            how many of them waited; `sum` is worked out from what has come
///
/// Pushes are arrays whose first element, their kind, is a simple string; no reply begins so. They go to the
/// others in the room, not to who caused them (but TELL to oneself does). Who watches the topic "room:NAME"
/// (SUBSCRIBE) reads "name: text" and "* name joined"; that topic is as open as any other. A member that
/// leaves pushes "left" room name "left"|"lost".
class Lobby : public Rooms {
 public:
  /// How a push looks on its way to a member, where that is not as it is (the model `fork`: in a frame).
  using Packing = std::string (*)(std::string_view bytes);

  /// `topics`, `log` and `events` (as for publish_message(); both may be null) outlive it.
  Lobby(const LobbyLimits& limits, Fanout& topics, MessageLog* log = nullptr, Packing packing = nullptr,
        EventHistory* events = nullptr);

  std::string run(Member& member, std::span<const std::string_view> words) override;
  void leave(Member& member, Departure how) override;

  /// A message from before a restart: into the history, and nobody is told.
  void restore(RoomMessage message);

  /// Calls `take(message)` for all that is kept, in the order of their numbers.
  template <typename Take>
  void for_each_kept(Take take) const {
    for (const RoomMessage* message : kept()) take(*message);
  }

 private:
  using Words = std::span<const std::string_view>;
  struct Room {
    std::vector<Member*> members;  ///< in the order of joining
    std::deque<RoomMessage> history;
    std::uint64_t last_number = 0;  ///< of the latest message, 0: none
  };
  struct Person {
    std::string name;                ///< "" before NICK
    std::vector<std::string> rooms;  ///< in the order of joining
  };
  struct Command;
  /// What a CONFIRM wants told of the message it sends.
  struct Wish {
    std::string_view id;
    std::uint64_t sum = 0;
  };
  friend struct LobbyCommands;

  void nick(Member& member, Words words, std::string& reply);
  void join(Member& member, Words words, std::string& reply);
  void part(Member& member, Words words, std::string& reply);
  void say(Member& member, Words words, std::string& reply);
  void tell(Member& member, Words words, std::string& reply);
  void who(Member& member, Words words, std::string& reply);
  void list_rooms(Member& member, Words words, std::string& reply);
  void history(Member& member, Words words, std::string& reply);
  void confirm(Member& member, Words words, std::string& reply);
  void acknowledge(Member& member, Words words, std::string& reply);

  void say(Member& member, Words words, const Wish* wish, std::string& reply);
  void tell(Member& member, Words words, const Wish* wish, std::string& reply);
  void publish(Member& member, Words words, const Wish& wish, std::string& reply);

  /// The member's person; null, with the error in `reply`, before NICK.
  const Person* named(const Member& member, std::string& reply);
  /// The room; null, with the error in `reply`, where the member is not in it.
  Room* entered(const Member& member, std::string_view room, std::string& reply);
  bool acceptable_text(std::string_view text, std::string& reply) const;
  /// A place for a new room: by the limit, or that of the empty room that was silent for longest.
  bool make_place();
  void add_to_history(Room& room, RoomMessage message);
  /// Takes the member out of a room that it is in. How many stay.
  std::size_t leave_room(Member& member, std::string_view name, const std::string& room, Departure how);

  std::string packed(std::string push) const;
  void push_to(Member& member, std::string push);
  /// To all in the room but `except`, and a line to those who watch its topic. How many were told.
  std::size_t push_to_room(const std::string& name, const Room& room, const Member* except, std::string push,
                           std::string_view line);
  /// As publish_message(), packed.
  std::size_t publish_to(std::string_view topic, std::string_view payload);
  std::vector<const RoomMessage*> kept() const;

  const LobbyLimits limits_;
  Fanout& topics_;
  MessageLog* log_;
  Packing packing_;
  EventHistory* events_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<const Member*, Person> people_;
  std::map<std::string, Member*, std::less<>> by_name_;
  std::map<std::string, Room, std::less<>> rooms_;
  Confirmations confirmations_;
};

}  // namespace threadmill::servers
