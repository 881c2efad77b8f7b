#include "groupchat/topology.h"

#include <fmt/format.h>

namespace threadmill::groupchat {

std::string exchange_of(Kind kind) { return fmt::format("threadmill.chat.{}", word_for(kind)); }

std::string inbox_of(std::string_view user, Kind kind) {
  return fmt::format("threadmill.chat.{}.{}", user, word_for(kind));
}

std::string key_of_user(std::string_view user) { return fmt::format("user.{}", user); }

std::string key_of_group(std::string_view group) { return fmt::format("group.{}", group); }

std::string key_of(const Message& message) {
  return message.group.empty() ? key_of_user(message.user) : key_of_group(message.group);
}

std::vector<QueueArgument> inbox_arguments(const QueueLimits& limits) {
  return {{"x-queue-type", "quorum"},
          {"x-delivery-limit", std::int64_t{limits.redeliveries}},
          {"x-dead-letter-exchange", std::string(kDeadLetters)},
          // A dead letter leaves the inbox only when the queue of dead letters has confirmed it; RabbitMQ
          // wants that an inbox which is full refuses messages then.
          {"x-dead-letter-strategy", "at-least-once"},
          {"x-overflow", "reject-publish"},
          {"x-max-length", std::int64_t{limits.inbox_messages}}};
}

std::vector<QueueArgument> dead_queue_arguments(const QueueLimits& limits) {
  return {{"x-queue-type", "quorum"}, {"x-max-length", std::int64_t{limits.dead_messages}}};
}

}  // namespace threadmill::groupchat
