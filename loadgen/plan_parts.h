#pragma once
// What the readers of a load plan's parts share. For plan.cpp only, and for the files that it is read by.

#include <cstdint>
#include <string_view>
#include <vector>

#include "json/strict_object.h"
#include "loadgen/plan.h"

namespace threadmill::load {

inline constexpr std::uint32_t kMostConnections = 1'000'000;
inline constexpr std::uint32_t kMostMessageBytes = 16U << 20;
inline constexpr std::uint32_t kMostPipeline = 65'536;
inline constexpr std::uint64_t kMostInFlight = std::uint64_t{1} << 21;
inline constexpr std::uint64_t kMostBytesInFlight = std::uint64_t{1} << 32;
inline constexpr std::uint64_t kMostMessages = 1'000'000'000'000;

// The words of a plan, each list in the order of its enumeration.
inline const std::vector<std::string_view> kDrivers = {"echo", "pubsub", "resp", "http"};
inline const std::vector<std::string_view> kPubsubProtocols = {"resp", "sse", "nats", "rooms", "amqp"};
inline const std::vector<std::string_view> kProcesses = {"closed", "constant", "poisson"};
inline const std::vector<std::string_view> kThinkTimes = {"constant", "exponential"};
inline const std::vector<std::string_view> kWaits = {"sleep", "hybrid", "spin"};
inline const std::vector<std::string_view> kLostClients = {"fail", "return"};
inline const std::vector<std::string_view> kMeasureFrom = {"connect", "connected"};

/// Fails, naming `key`, where so many messages under way at once would take too much memory.
void limit_in_flight(const threadmill::json::StrictObject& json, std::string_view key, std::uint64_t messages,
                     std::uint64_t bytes_each);

/// Read what drivers ask of a server: "connections", "pipeline", ...; or "publishers", "subscribers", ...
void read_requests(const threadmill::json::StrictObject& json, LoadTemplate& load);
void read_pubsub(const threadmill::json::StrictObject& json, LoadTemplate& load);

}  // namespace threadmill::load
