#pragma once
// What subjects can offer, and what can be asked of each.

#include <string>
#include <string_view>
#include <vector>

#include "loadgen/plan.h"

namespace threadmill::harness {

/// echo: RFC 862. chat: RESP2 with publish/subscribe. web: HTTP/1.1, and Server-Sent Events to subscribers.
/// nats: the text protocol of NATS. amqp: AMQP 0-9-1.
const std::vector<std::string_view>& service_names();

/// The loads that speak to the service, which must be one of the names, as loads are called by
/// name_of_load().
std::vector<std::string_view> loads_of(std::string_view service);

/// The load's driver; with its protocol, where it does not speak RESP2: "pubsub over sse".
std::string name_of_load(const load::LoadTemplate& load);

}  // namespace threadmill::harness
