#pragma once

#include <cstdint>
#include <string_view>

#include "groupchat/amqp/broker.h"

namespace threadmill::groupchat {

/// How many messages are in the queue of dead letters, without taking them.
std::uint32_t count_dead_letters(const BrokerAddress& address);

/// Puts something into the user's inbox of texts that no Post would send.
void publish_raw(const BrokerAddress& address, std::string_view user, std::string_view body);

}  // namespace threadmill::groupchat
