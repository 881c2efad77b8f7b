#pragma once
// Which exchanges and queues the group chat has, and what they promise. Names only: amqp/ declares them.
//
//   exchange threadmill.chat.text ----- key user.ana ----+---> queue threadmill.chat.ana.text
//            (direct)           \------ key group.sala --+         | delivered too often, or no message
//                                \----- key group.sala -----> queue threadmill.chat.bia.text
//   exchange threadmill.chat.receipt -- key user.ana -------> queue threadmill.chat.ana.receipt
//   exchange threadmill.chat.dead <------------------------------- all queues' dead letters
//            (fanout) ---------------------------------------> queue threadmill.chat.dead
//
// All are durable, queues are quorum queues. An inbox is there from a user's first visit on, and is filled
// while its user is away; to join a group is to bind it to the group's key.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "groupchat/message.h"

namespace threadmill::groupchat {

struct QueueLimits {
  /// How often a message that is not acknowledged is delivered again before it is a dead letter. More
  /// forgives more crashes of readers, and lets a message that crashes them do so as often.
  std::uint32_t redeliveries = 5;
  /// Messages that wait in an inbox. Of who sends more, the broker refuses them.
  std::uint32_t inbox_messages = 100'000;
  /// Dead letters that are kept; the oldest goes for a new one.
  std::uint32_t dead_messages = 100'000;
};

inline constexpr std::string_view kDeadLetters = "threadmill.chat.dead";  ///< exchange and queue

std::string exchange_of(Kind kind);
std::string inbox_of(std::string_view user, Kind kind);
std::string key_of_user(std::string_view user);
std::string key_of_group(std::string_view group);
/// Where the message is published: of its group, or its user.
std::string key_of(const Message& message);

/// One of a queue's arguments ("x-...").
struct QueueArgument {
  std::string name;
  std::variant<std::string, std::int64_t> value;
};

std::vector<QueueArgument> inbox_arguments(const QueueLimits& limits);
std::vector<QueueArgument> dead_queue_arguments(const QueueLimits& limits);

}  // namespace threadmill::groupchat
