#pragma once
// What a NATS server on this machine tells of itself over HTTP.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/cluster/nats_process.h"

namespace threadmill::harness {

/// What GET `path` ("/jsz") of its monitor answers, asked where it runs; nothing where nobody answers within
/// a second, or with anything but JSON.
std::optional<nlohmann::json> ask_monitor(const NatsProcess& server, const std::string& path);

/// The leader of the group that places streams, where `server` knows of one; it is its own where it is alone.
std::string leader_known_to(const NatsProcess& server);

/// The leader of our stream, where `server` keeps a copy and knows of one.
std::string stream_leader_known_to(const NatsProcess& server);

}  // namespace threadmill::harness
