#pragma once
// Makes what topology.h names, where it is not there yet.

#include <cstdint>
#include <string_view>

#include "groupchat/amqp/connection.h"
#include "groupchat/topology.h"

namespace threadmill::groupchat {

/// Exchanges and the queue of dead letters. Throws BrokerError, also where they are there and different.
void declare_exchanges(Connection& connection, const QueueLimits& limits);

/// The user's inbox, bound to the user's name. How many messages wait in it. Throws BrokerError.
std::uint32_t declare_inbox(Connection& connection, std::string_view user, Kind kind,
                            const QueueLimits& limits);

}  // namespace threadmill::groupchat
