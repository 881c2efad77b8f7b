#include "groupchat/amqp/declare.h"

#include <fmt/format.h>

#include <vector>

namespace threadmill::groupchat {
namespace {

amqp_table_entry_t entry_of(const QueueArgument& argument) {
  amqp_table_entry_t entry{.key = bytes_of(argument.name), .value = {}};
  if (const auto* text = std::get_if<std::string>(&argument.value)) {
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = bytes_of(*text);
  } else {
    entry.value.kind = AMQP_FIELD_KIND_I64;
    entry.value.value.i64 = std::get<std::int64_t>(argument.value);
  }
  return entry;
}

void declare_exchange(Connection& connection, std::string_view name, std::string_view type) {
  amqp_exchange_declare(connection.state(), kChannel, bytes_of(name), bytes_of(type), false, true, false,
                        false, amqp_empty_table);
  connection.expect_reply(fmt::format("declare exchange {}", name));
}

std::uint32_t declare_queue(Connection& connection, std::string_view name,
                            const std::vector<QueueArgument>& arguments) {
  std::vector<amqp_table_entry_t> entries;
  for (const auto& argument : arguments) entries.push_back(entry_of(argument));
  const auto* declared =
      amqp_queue_declare(connection.state(), kChannel, bytes_of(name), false, true, false, false,
                         {.num_entries = static_cast<int>(entries.size()), .entries = entries.data()});
  connection.expect_reply(fmt::format("declare queue {}", name));
  return declared->message_count;
}

void bind(Connection& connection, std::string_view queue, std::string_view exchange, std::string_view key) {
  amqp_queue_bind(connection.state(), kChannel, bytes_of(queue), bytes_of(exchange), bytes_of(key),
                  amqp_empty_table);
  connection.expect_reply(fmt::format("bind queue {}", queue));
}

}  // namespace

void declare_exchanges(Connection& connection, const QueueLimits& limits) {
  for (const Kind kind : kKinds) declare_exchange(connection, exchange_of(kind), "direct");
  declare_exchange(connection, kDeadLetters, "fanout");
  declare_queue(connection, kDeadLetters, dead_queue_arguments(limits));
  bind(connection, kDeadLetters, kDeadLetters, "");
}

std::uint32_t declare_inbox(Connection& connection, std::string_view user, Kind kind,
                            const QueueLimits& limits) {
  const std::string queue = inbox_of(user, kind);
  const auto waiting = declare_queue(connection, queue, inbox_arguments(limits));
  bind(connection, queue, exchange_of(kind), key_of_user(user));
  return waiting;
}

}  // namespace threadmill::groupchat
