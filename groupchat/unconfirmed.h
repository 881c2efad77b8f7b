#pragma once
// What was sent and is not yet confirmed. No I/O.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "groupchat/message.h"

namespace threadmill::groupchat {

/// What became of a message that was sent.
struct Outcome {
  enum class Kind {
    taken,    ///< it is in the inboxes of all who shall have it
    nobody,   ///< there is no such user, or nobody in the group
    refused,  ///< an inbox is full, or the broker could not keep it; some may have it
  };
  Kind kind = Kind::taken;
  Message message;
};

/// Messages in the order in which they were given, and the number that each has on its connection. A broker
/// counts what is published on a channel from 1 (publisher confirms); on the next connection all that is not
/// confirmed is sent again, under new numbers and the same ids.
class Unconfirmed {
 public:
  explicit Unconfirmed(std::size_t window) : window_(window) {}

  bool full() const { return waiting_.size() >= window_; }
  std::size_t size() const { return waiting_.size(); }
  /// Throws std::length_error where it is full.
  void add(Message message);

  /// The next one to publish on this connection, or null. It has its number when was_published() is called.
  const Message* next_to_publish() const;
  void was_published();

  /// The broker sent the message with that id back: nobody receives it. Its confirmation follows.
  void returned(std::string_view id);
  /// The broker took (or refused) number `number`, or all up to it.
  std::vector<Outcome> answered(std::uint64_t number, bool all_up_to_it, bool taken);
  /// The connection is no more. How many of those that wait had been published on it.
  std::size_t connection_lost();

 private:
  struct Entry {
    Message message;
    std::uint64_t number = 0;
    bool returned = false;
  };
  std::size_t window_;
  std::deque<Entry> waiting_;  // those published on this connection first
  std::size_t published_ = 0;  // so many of them
  std::uint64_t last_number_ = 0;
};

}  // namespace threadmill::groupchat
