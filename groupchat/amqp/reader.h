#pragma once
// Reads a user's messages so that each is read once, and tells their senders.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "groupchat/amqp/mailbox.h"
#include "groupchat/amqp/post.h"
#include "groupchat/history.h"
#include "groupchat/message.h"

namespace threadmill::groupchat {

/// What Reader::take() gives.
struct Reading {
  Message message;
  bool again = false;  ///< it had been read before: only its id matters
};

/// In this order, so that a crash at any moment loses nothing: a message is kept in the history, it is given
/// to be shown, its receipt is sent, and when the receipt is confirmed the message is acknowledged. What the
/// history has already is not given to be shown again. What is no message becomes a dead letter. Used by one
/// thread; refers to what it is given.
class Reader {
 public:
  Reader(std::string user, Mailbox& mailbox, Post& post, History& history)
      : user_(std::move(user)), mailbox_(mailbox), post_(post), history_(history) {}

  /// The next message, if one comes within that time. None comes while the post is full. Throws as
  /// History::keep() does.
  std::optional<Reading> take(std::chrono::milliseconds wait);
  /// What has become of something that was sent. Whether it was a receipt.
  bool on_outcome(const Outcome& outcome);

  /// What was no message.
  std::uint64_t refused() const { return refused_; }

 private:
  void acknowledge_with_receipt(const Message& text, Delivery delivery);

  std::string user_;
  Mailbox& mailbox_;
  Post& post_;
  History& history_;
  std::unordered_map<std::string, Delivery>
      receipts_;  // by their ids: the texts that they are for; PostLimits::window at most
  std::uint64_t refused_ = 0;
};

}  // namespace threadmill::groupchat
