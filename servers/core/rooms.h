#pragma once
// The chat rooms of a process family, as a session reaches them, and what is kept of them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace threadmill::servers {

class Member;

/// How a member left, for those who stay.
enum class Departure {
  clean,  ///< it said so: QUIT, /quit, sair
  lost,   ///< its connection ended without a word
};

/// One message that a room accepted.
struct RoomMessage {
  std::uint64_t number = 0;  ///< of all rooms together, ascending from 1
  std::string room;
  std::string name;  ///< who said it
  std::string text;
  bool operator==(const RoomMessage&) const = default;
};

/// Where accepted messages are kept, so that they outlive the process.
class MessageLog {
 public:
  virtual ~MessageLog() = default;

  /// Called for each message once its room's history has it, before anybody is told of it.
  virtual void keep(const RoomMessage& message) = 0;
};

/// A model has one lobby behind this. Whether it may be called from several threads is each implementation's
/// contract.
class Rooms {
 public:
  virtual ~Rooms() = default;

  /// Runs one command of the lobby, whose name is words[0], and returns its reply in RESP2. What others are
  /// to know of it has been handed to them then.
  virtual std::string run(Member& member, std::span<const std::string_view> words) = 0;

  /// The member leaves its rooms and gives its name back. Once it returns the lobby knows it no more. Does
  /// nothing for a member that never ran a command.
  virtual void leave(Member& member, Departure how) = 0;
};

}  // namespace threadmill::servers
