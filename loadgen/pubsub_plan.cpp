#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <numeric>

#include "loadgen/payload_form.h"
#include "loadgen/plan_parts.h"
#include "loadgen/pubsub_protocol.h"
#include "loadgen/seating.h"

namespace threadmill::load {
namespace {

using json::StrictObject;

constexpr std::uint32_t kMostWeight = 1'000'000;

/// {"64": 9, "1024": 1}: sizes and their weights.
std::vector<MessageSize> read_sizes(const StrictObject& json, std::uint32_t least_bytes) {
  const auto& object = json.at("message_bytes");
  if (object.empty() || object.size() > MessageSizes::kMost) {
    json.fail("message_bytes",
              fmt::format("must have 1 to {} sizes, not {}", MessageSizes::kMost, object.size()));
  }
  std::vector<std::string_view> names;
  for (const auto& item : object.items()) names.push_back(item.key());
  const StrictObject weights = json.object("message_bytes", names);
  std::vector<MessageSize> sizes;
  for (const std::string_view name : names) {
    MessageSize size;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), size.bytes);
    if (read.ec != std::errc{} || read.ptr != name.data() + name.size() || name.front() == '0' ||
        size.bytes < least_bytes || size.bytes > kMostMessageBytes) {
      weights.fail(name,
                   fmt::format("must be a number of bytes from {} to {}", least_bytes, kMostMessageBytes));
    }
    size.weight = weights.integer32(name, 1, kMostWeight);
    sizes.push_back(size);
  }
  std::sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  return sizes;
}

void read_message_sizes(const StrictObject& json, LoadTemplate& load) {
  const std::uint32_t least_bytes = PayloadForm(is_text_only(load.pubsub.protocol)).least_bytes();
  if (!json.has("message_bytes") || !json.at("message_bytes").is_object()) {
    load.message_bytes = json.integer32("message_bytes", least_bytes, kMostMessageBytes);
    return;
  }
  const auto sizes = read_sizes(json, least_bytes);
  load.message_bytes = sizes.back().bytes;
  if (sizes.size() > 1) load.pubsub.message_sizes = sizes;
}

/// A key that another one already settles: it may be given, but must agree.
std::uint32_t settled(const StrictObject& json, std::string_view key, std::uint64_t value,
                      std::string_view by) {
  const auto bounded = static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX));
  if (json.integer32(key, 1, kMostConnections, bounded) != value) {
    json.fail(key, fmt::format("must be {}, as \"{}\" says, or be left out", value, by));
  }
  return bounded;
}

void read_rooms(const StrictObject& json, PubsubLoad& pubsub) {
  for (const int size : json.integers("room_sizes", 1, kMostConnections)) {
    pubsub.room_sizes.push_back(static_cast<std::uint32_t>(size));
  }
  const auto& rooms = pubsub.room_sizes;
  if (rooms.empty()) json.fail("room_sizes", "must have the size of at least one room");
  const auto all = std::accumulate(rooms.begin(), rooms.end(), std::uint64_t{0});
  if (all > kMostConnections) {
    json.fail("room_sizes", fmt::format("add up to {} subscribers; at most {}", all, kMostConnections));
  }
  if (json.has("members") && pubsub.subscribers != all) {
    json.fail("room_sizes",
              fmt::format("add up to {}, but there are {} \"members\"", all, pubsub.subscribers));
  }
  pubsub.subscribers = settled(json, "subscribers", all, "room_sizes");
  pubsub.topics = settled(json, "topics", rooms.size(), "room_sizes");
  if (pubsub.topics > pubsub.publishers) {
    json.fail("room_sizes", fmt::format("has {} rooms for {} publishers; each room needs one", pubsub.topics,
                                        pubsub.publishers));
  }
}

void read_people(const StrictObject& json, PubsubLoad& pubsub) {
  if (json.has("members")) {
    for (const char* key : {"publishers", "subscribers"}) {
      if (json.has(key)) json.fail(key, "says what \"members\" says too; give either");
    }
    pubsub.publishers = pubsub.subscribers = json.integer32("members", 1, kMostConnections / 2);
  } else {
    pubsub.publishers = json.integer32("publishers", 1, kMostConnections);
    if (!json.has("room_sizes")) pubsub.subscribers = json.integer32("subscribers", 1, kMostConnections);
  }
  if (json.has("room_sizes")) {
    read_rooms(json, pubsub);
  } else {
    pubsub.topics = json.integer32("topics", 1, std::min(pubsub.publishers, pubsub.subscribers), 1);
  }
}

/// Each publisher has a command of each size at hand.
void limit_prepared(const StrictObject& json, const PubsubLoad& pubsub) {
  std::uint64_t bytes = 0;
  for (const auto& size : pubsub.message_sizes) bytes += size.bytes;
  if (bytes * pubsub.publishers > kMostBytesInFlight) {
    json.fail("message_bytes", fmt::format("adds up to {} bytes for each of {} publishers; at most {} in all",
                                           bytes, pubsub.publishers, kMostBytesInFlight));
  }
}

/// Rooms take texts that people can have written, and AMQP what fits in a frame.
void limit_message(const StrictObject& json, const LoadTemplate& load, PubsubWire protocol,
                   std::uint32_t most_bytes) {
  if (load.pubsub.protocol != protocol || load.message_bytes <= most_bytes) return;
  json.fail("message_bytes",
            fmt::format("must be at most {} with the protocol \"{}\", not {}", most_bytes,
                        kPubsubProtocols[static_cast<std::size_t>(protocol)], load.message_bytes));
}

/// A server keeps only so many confirmations that have not come (LobbyLimits::unconfirmed).
void read_confirm(const StrictObject& json, PubsubLoad& pubsub) {
  constexpr std::uint64_t kMostUnconfirmed = 64 << 10;
  pubsub.confirm = json.boolean("confirm", false);
  if (pubsub.confirm && pubsub.protocol != PubsubWire::resp) {
    json.fail("confirm", "goes with the protocol \"resp\" only");
  }
  const std::uint64_t unconfirmed = std::uint64_t{pubsub.publishers} * pubsub.window;
  if (pubsub.confirm && unconfirmed > kMostUnconfirmed) {
    json.fail("confirm",
              fmt::format("goes with {} messages in flight at most (publishers times window), not {}",
                          kMostUnconfirmed, unconfirmed));
  }
}

}  // namespace

void read_pubsub(const StrictObject& json, LoadTemplate& load) {
  auto& pubsub = load.pubsub;
  pubsub.protocol = static_cast<PubsubWire>(json.choice("protocol", kPubsubProtocols, 0));
  read_people(json, pubsub);
  const bool followed = json.choice("lost_clients", kLostClients, 0) == 1;
  pubsub.window = json.integer32("window", 1, kMostPipeline, followed ? 1 : 64);
  read_message_sizes(json, load);
  limit_message(json, load, PubsubWire::rooms, kMostRoomTextBytes);
  limit_message(json, load, PubsubWire::amqp, kMostAmqpMessageBytes);
  read_confirm(json, pubsub);
  limit_in_flight(json, "window", std::uint64_t{pubsub.publishers} * pubsub.window, load.message_bytes);
  limit_prepared(json, pubsub);
  // Each subscriber expects a sequence from each publisher of its topic.
  const Seating seating(pubsub);
  std::uint64_t pairs = 0;
  for (std::uint32_t topic = 0; topic < pubsub.topics; ++topic) {
    pairs += std::uint64_t{seating.publishers_of(topic)} * seating.subscribers_of(topic);
  }
  if (pairs > 128 * kMostInFlight)
    json.fail("publishers", "times \"subscribers\" is too much to keep track of");
}

}  // namespace threadmill::load
