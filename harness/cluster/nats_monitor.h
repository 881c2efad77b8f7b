#pragma once
// What a NATS server on this machine tells of itself over HTTP.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace threadmill::harness {

/// What GET `path` ("/jsz") of the monitor at 127.0.0.1:`port` answers; nothing where nobody answers within a
/// second, or with anything but JSON.
std::optional<nlohmann::json> ask_monitor(std::uint16_t port, const std::string& path);

}  // namespace threadmill::harness
