#pragma once
// What members of the group chat send one another, and how it is written.

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace threadmill::groupchat {

/// Each kind travels through queues of its own, so that each can have as many readers as it needs.
enum class Kind {
  text,     ///< what somebody said
  receipt,  ///< its reader tells its sender that it was read
};
inline constexpr Kind kKinds[] = {Kind::text, Kind::receipt};

/// "text", "receipt".
std::string_view word_for(Kind kind);

struct Message {
  std::string id;  ///< unique: it stays the same where a message is sent or delivered again
  Kind kind = Kind::text;
  std::string sender;
  std::string group;            ///< to whom: a group, or
  std::string user;             ///< one user; one of the two is ""
  std::int64_t sent_at_us = 0;  ///< since 1970, UTC, by the sender's clock
  std::string content;          ///< of a text
  std::string read_id;          ///< of a receipt: which message `sender` has read

  bool operator==(const Message&) const = default;
};

/// In bytes of UTF-8. More is refused, by who sends and by who receives.
inline constexpr std::size_t kMostNameBytes = 32;
inline constexpr std::size_t kMostContentBytes = 4096;
/// Of a whole message as it is written: every byte of its content may take six.
inline constexpr std::size_t kMostMessageBytes = 32 << 10;

/// That is no message; the reason says what is wrong with it.
class BadMessage : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Whether users and groups may be called so: 1 to kMostNameBytes of A-Z a-z 0-9 _ -
bool is_name(std::string_view name);
/// Whether it can be a text's content: 1 to kMostContentBytes of UTF-8.
bool is_content(std::string_view content);

/// One line of JSON. Throws BadMessage where read_message() would.
std::string write_message(const Message& message);
/// Reads any bytes. Throws BadMessage.
Message read_message(std::string_view bytes);

/// A new id: 32 hexadecimal digits, of the system's randomness.
std::string new_message_id();
/// Now, as Message::sent_at_us has it.
std::int64_t now_us();

/// Texts to a group and to one user, with a new id, sent now.
Message text_to_group(std::string_view sender, std::string_view group, std::string_view content);
Message text_to_user(std::string_view sender, std::string_view user, std::string_view content);
/// That `reader` has read the text; for its sender.
Message receipt_for(const Message& text, std::string_view reader);

}  // namespace threadmill::groupchat
