#include "tests/groupchat/dead_letters.h"

#include "groupchat/amqp/connection.h"
#include "groupchat/topology.h"

namespace threadmill::groupchat {

std::uint32_t count_dead_letters(const BrokerAddress& address) {
  Connection connection(address);
  const auto* queue = amqp_queue_declare(connection.state(), kChannel, bytes_of(kDeadLetters), true, true,
                                         false, false, amqp_empty_table);
  connection.expect_reply("look at the dead letters");
  return queue->message_count;
}

void publish_raw(const BrokerAddress& address, std::string_view user, std::string_view body) {
  Connection connection(address);
  const auto exchange = exchange_of(Kind::text);
  const auto key = key_of_user(user);
  connection.expect(amqp_basic_publish(connection.state(), kChannel, bytes_of(exchange), bytes_of(key), true,
                                       false, nullptr, bytes_of(body)),
                    "publish");
}

}  // namespace threadmill::groupchat
