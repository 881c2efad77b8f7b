#include "loadgen/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "json/error.h"
#include "json/strict_object.h"
#include "loadgen/payload.h"
#include "loadgen/rooms.h"
#include "os/address.h"

namespace threadmill::load {
namespace {

using json::StrictObject;

constexpr std::uint32_t kMostConnections = 1'000'000;
constexpr std::uint32_t kMostMessageBytes = 16U << 20;
constexpr std::uint32_t kMostPipeline = 65'536;
constexpr std::uint64_t kMostInFlight = std::uint64_t{1} << 21;
constexpr std::uint64_t kMostBytesInFlight = std::uint64_t{1} << 32;
constexpr std::uint32_t kMostWeight = 1'000'000;
constexpr std::uint64_t kMostMessages = 1'000'000'000'000;
constexpr std::uint32_t kMostBytesPerSecond = 1'000'000'000;
constexpr double kMostSeconds = 86'400;
constexpr std::size_t kMostCommandWords = 64;
constexpr std::size_t kMostCommandBytes = 64 << 10;
constexpr std::size_t kMostPathBytes = 4096;

const std::vector<std::string_view> kDrivers = {"echo", "pubsub", "resp", "http"};
const std::vector<std::string_view> kProcesses = {"closed", "constant", "poisson"};
const std::vector<std::string_view> kThinkTimes = {"constant", "exponential"};
const std::vector<std::string_view> kWaits = {"sleep", "hybrid", "spin"};
const std::vector<std::string_view> kMeasureFrom = {"connect", "connected"};

std::vector<std::string_view> allowed_keys(const nlohmann::json& json, bool whole_plan) {
  std::vector<std::string_view> keys;
  if (whole_plan) keys = {"target", "cpus"};
  keys.insert(keys.end(), {"driver", "stop", "measure_from", "threads", "seed", "timeouts", "arrivals",
                           "connects_in_flight", "bystanders"});
  const auto driver = json.is_object() ? json.value("driver", nlohmann::json()) : nlohmann::json();
  // Where the driver is unknown, that is the mistake to tell.
  const bool known = std::find(kDrivers.begin(), kDrivers.end(), driver) != kDrivers.end();
  const auto add = [&](std::string_view name, std::initializer_list<std::string_view> more) {
    if (driver == name || !known) keys.insert(keys.end(), more);
  };
  if (driver != "pubsub") keys.insert(keys.end(), {"connections", "pipeline", "messages_per_connection"});
  add("pubsub", {"publishers", "subscribers", "members", "topics", "room_sizes", "window", "message_bytes"});
  add("echo", {"message_bytes"});
  add("resp", {"command"});
  add("http", {"path"});
  return keys;
}

void limit_in_flight(const StrictObject& json, std::string_view key, std::uint64_t messages,
                     std::uint64_t bytes_each) {
  if (messages > kMostInFlight || messages * bytes_each > kMostBytesInFlight) {
    json.fail(key, fmt::format(
                       "would put {} messages of {} bytes in flight; at most {} messages and {} bytes in all",
                       messages, bytes_each, kMostInFlight, kMostBytesInFlight));
  }
}

std::size_t bytes_of(const std::vector<std::string>& words) {
  return std::accumulate(words.begin(), words.end(), std::size_t{0},
                         [](std::size_t sum, const std::string& word) { return sum + word.size(); });
}

std::vector<std::string> read_command(const StrictObject& json) {
  auto command = json.texts("command");
  if (command.size() > kMostCommandWords || bytes_of(command) > kMostCommandBytes) {
    json.fail("command",
              fmt::format("must have at most {} words and {} bytes, not {} and {}", kMostCommandWords,
                          kMostCommandBytes, command.size(), bytes_of(command)));
  }
  if (command.front().empty()) json.fail("command", "must begin with the name of a command, not with \"\"");
  return command;
}

std::string read_path(const StrictObject& json) {
  auto path = json.text("path");
  const bool printable = std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!path.starts_with('/') || !printable || path.size() > kMostPathBytes) {
    json.fail("path",
              fmt::format("must begin with \"/\" and have at most {} printable ASCII characters and no "
                          "spaces (write those as %20); it has {} characters",
                          kMostPathBytes, path.size()));
  }
  return path;
}

/// Reads what is asked, and returns its size.
std::uint64_t read_request(const StrictObject& json, LoadTemplate& load) {
  switch (load.driver) {
    case DriverKind::resp:
      if (json.has("command")) load.requests.command = read_command(json);
      return bytes_of(load.requests.command);
    case DriverKind::http:
      if (json.has("path")) load.requests.path = read_path(json);
      return load.requests.path.size();
    case DriverKind::echo:
    case DriverKind::pubsub:
      break;
  }
  load.message_bytes = json.integer32("message_bytes", 1, kMostMessageBytes);
  return load.message_bytes;
}

void read_requests(const StrictObject& json, LoadTemplate& load) {
  auto& requests = load.requests;
  requests.connections = json.integer32("connections", 1, kMostConnections);
  requests.pipeline = json.integer32("pipeline", 1, kMostPipeline, 1);
  requests.messages_per_connection = json.integer("messages_per_connection", 0, kMostMessages, 0);
  const std::uint64_t bytes_each = read_request(json, load);
  limit_in_flight(json, "pipeline", std::uint64_t{requests.connections} * requests.pipeline, bytes_each);
}

Rate read_rate(const StrictObject& arrivals) {
  try {
    return Rate::parse(arrivals.number_or_text("rate_per_s"));
  } catch (const std::invalid_argument& error) {
    arrivals.fail("rate_per_s", error.what());
  }
}

ArrivalLoad read_arrivals(const StrictObject& json) {
  ArrivalLoad load;
  if (!json.has("arrivals")) return load;
  const StrictObject arrivals =
      json.object("arrivals", {"process", "rate_per_s", "think_us", "think", "wait"});
  load.process = static_cast<ArrivalProcess>(arrivals.choice("process", kProcesses, 0));
  load.wait = static_cast<Wait>(arrivals.choice("wait", kWaits, static_cast<std::size_t>(load.wait)));
  if (load.open()) {
    if (arrivals.has("think_us") || arrivals.has("think")) {
      arrivals.fail("think_us", "belongs to the process \"closed\"; a rate leaves no time to think");
    }
    load.rate = read_rate(arrivals);
    return load;
  }
  if (arrivals.has("rate_per_s")) {
    arrivals.fail("rate_per_s", "needs \"process\": \"constant\" or \"poisson\"");
  }
  load.think_ns = std::llround(arrivals.number("think_us", 0, kMostSeconds * 1e6, 0) * 1e3);
  load.think = static_cast<ThinkTime::Distribution>(arrivals.choice("think", kThinkTimes, 0));
  return load;
}

/// {"64": 9, "1024": 1}: sizes and their weights.
std::vector<MessageSize> read_sizes(const StrictObject& json) {
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
        size.bytes < kMinimumPayloadBytes || size.bytes > kMostMessageBytes) {
      weights.fail(name, fmt::format("must be a number of bytes from {} to {}", kMinimumPayloadBytes,
                                     kMostMessageBytes));
    }
    size.weight = weights.integer32(name, 1, kMostWeight);
    sizes.push_back(size);
  }
  std::sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  return sizes;
}

void read_message_sizes(const StrictObject& json, LoadTemplate& load) {
  if (!json.has("message_bytes") || !json.at("message_bytes").is_object()) {
    load.message_bytes = json.integer32("message_bytes", kMinimumPayloadBytes, kMostMessageBytes);
    return;
  }
  const auto sizes = read_sizes(json);
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

void read_pubsub(const StrictObject& json, LoadTemplate& load) {
  auto& pubsub = load.pubsub;
  read_people(json, pubsub);
  pubsub.window = json.integer32("window", 1, kMostPipeline, 64);
  read_message_sizes(json, load);
  limit_in_flight(json, "window", std::uint64_t{pubsub.publishers} * pubsub.window, load.message_bytes);
  limit_prepared(json, pubsub);
  // Each subscriber expects a sequence from each publisher of its topic.
  const Rooms rooms(pubsub);
  std::uint64_t pairs = 0;
  for (std::uint32_t topic = 0; topic < pubsub.topics; ++topic) {
    pairs += std::uint64_t{rooms.publishers_of(topic)} * rooms.subscribers_of(topic);
  }
  if (pairs > 128 * kMostInFlight)
    json.fail("publishers", "times \"subscribers\" is too much to keep track of");
}

BystanderLoad read_bystanders(const StrictObject& json) {
  BystanderLoad load;
  if (!json.has("bystanders")) return load;
  const StrictObject bystanders =
      json.object("bystanders", {"idle", "slow_readers", "slow_reader_bytes_per_s", "half_open"});
  load.idle = bystanders.integer32("idle", 0, kMostConnections, 0);
  load.slow_readers = bystanders.integer32("slow_readers", 0, kMostConnections, 0);
  load.slow_reader_bytes_per_s =
      bystanders.integer32("slow_reader_bytes_per_s", 1, kMostBytesPerSecond, load.slow_reader_bytes_per_s);
  load.half_open = bystanders.integer32("half_open", 0, kMostConnections, 0);
  return load;
}

Stop read_stop(const StrictObject& json) {
  const StrictObject stop = json.object("stop", {"messages", "duration_s", "warmup_s", "steady"});
  Stop result;
  if (stop.has("messages")) {
    if (stop.has("duration_s") || stop.has("warmup_s") || stop.has("steady")) {
      json.fail("stop", "must have either \"messages\" or \"duration_s\" (with \"warmup_s\"), not both");
    }
    result.messages = stop.integer("messages", 1, kMostMessages);
    return result;
  }
  if (!stop.has("duration_s")) json.fail("stop", "must have \"messages\" or \"duration_s\"");
  result.duration_s = stop.number("duration_s", 0.001, kMostSeconds);
  result.warmup_s = stop.number("warmup_s", 0, kMostSeconds, 0);
  result.steady = stop.boolean("steady", false);
  if (result.steady && result.warmup_s == 0) {
    stop.fail("steady", "needs \"warmup_s\": the time after which the warm-up ends at the latest");
  }
  return result;
}

LoadTemplate read_template(const StrictObject& json) {
  LoadTemplate load;
  load.driver = static_cast<DriverKind>(json.choice("driver", kDrivers));
  if (load.is_pubsub()) {
    read_pubsub(json, load);
  } else {
    read_requests(json, load);
  }
  load.arrivals = read_arrivals(json);
  load.bystanders = read_bystanders(json);
  load.stop = read_stop(json);
  if (load.arrivals.open() && load.stop.messages) {
    json.fail("stop", "must be by time (\"duration_s\") where requests arrive at a rate");
  }
  load.connects_in_flight =
      json.integer32("connects_in_flight", 1, kMostConnections, load.connects_in_flight);
  load.measure_from = static_cast<MeasureFrom>(json.choice("measure_from", kMeasureFrom, 1));
  if (load.measure_from == MeasureFrom::connect && !load.stop.messages) {
    json.fail("measure_from", "\"connect\" needs \"stop\": {\"messages\": n}; by time, only \"connected\"");
  }
  load.threads = json.integer32("threads", 1, std::min(256U, load.connections()), 1);
  load.seed = json.integer("seed", 0, UINT64_MAX, 1);
  if (json.has("timeouts")) {
    const StrictObject timeouts = json.object("timeouts", {"connect_s", "stall_s"});
    load.connect_timeout_s = timeouts.number("connect_s", 0.001, kMostSeconds, 10);
    load.stall_timeout_s = timeouts.number("stall_s", 0.001, kMostSeconds, 10);
  }
  return load;
}

Target read_target(const StrictObject& json) {
  const StrictObject object = json.object("target", {"address", "port"});
  Target target;
  target.address = object.text("address");
  target.port = static_cast<std::uint16_t>(object.integer("port", 1, 65'535));
  try {
    os::SocketAddress(target.address, target.port);
  } catch (const std::invalid_argument& error) {
    object.fail("address", fmt::format("is wrong: {}", error.what()));
  }
  return target;
}

}  // namespace

Plan parse_plan(const nlohmann::json& json) try {
  const StrictObject object(json, "load plan", allowed_keys(json, true));
  Plan plan;
  static_cast<LoadTemplate&>(plan) = read_template(object);
  plan.target = read_target(object);
  plan.cpus = object.integers("cpus", 0, 1023);
  return plan;
} catch (const json::JsonError& error) {
  throw PlanError(error.what());
}

LoadTemplate parse_load_template(const nlohmann::json& json) try {
  return read_template(StrictObject(json, "load plan", allowed_keys(json, false)));
} catch (const json::JsonError& error) {
  throw PlanError(error.what());
}

nlohmann::json to_json(const ArrivalLoad& load) {
  nlohmann::json json = {{"process", kProcesses[static_cast<std::size_t>(load.process)]},
                         {"wait", kWaits[static_cast<std::size_t>(load.wait)]}};
  if (load.open()) {
    json["rate_per_s"] = load.rate.text();
  } else {
    json["think_us"] = static_cast<double>(load.think_ns) / 1e3;
    json["think"] = kThinkTimes[static_cast<std::size_t>(load.think)];
  }
  return json;
}

nlohmann::json to_json(const BystanderLoad& load) {
  return {{"idle", load.idle},
          {"slow_readers", load.slow_readers},
          {"slow_reader_bytes_per_s", load.slow_reader_bytes_per_s},
          {"half_open", load.half_open}};
}

nlohmann::json to_json(const LoadTemplate& load) {
  nlohmann::json json = {
      {"driver", kDrivers[static_cast<std::size_t>(load.driver)]},
      {"arrivals", to_json(load.arrivals)},
      {"bystanders", to_json(load.bystanders)},
      {"connects_in_flight", load.connects_in_flight},
      {"measure_from", kMeasureFrom[static_cast<std::size_t>(load.measure_from)]},
      {"threads", load.threads},
      {"seed", load.seed},
      {"timeouts", {{"connect_s", load.connect_timeout_s}, {"stall_s", load.stall_timeout_s}}},
  };
  if (!load.is_pubsub()) {
    json["connections"] = load.requests.connections;
    json["pipeline"] = load.requests.pipeline;
    json["messages_per_connection"] = load.requests.messages_per_connection;
  } else {
    json["publishers"] = load.pubsub.publishers;
    json["subscribers"] = load.pubsub.subscribers;
    json["topics"] = load.pubsub.topics;
    json["window"] = load.pubsub.window;
    if (!load.pubsub.room_sizes.empty()) json["room_sizes"] = load.pubsub.room_sizes;
  }
  if (load.driver == DriverKind::resp) {
    json["command"] = load.requests.command;
  } else if (load.driver == DriverKind::http) {
    json["path"] = load.requests.path;
  } else if (load.pubsub.message_sizes.empty()) {
    json["message_bytes"] = load.message_bytes;
  } else {
    for (const auto& size : load.pubsub.message_sizes) {
      json["message_bytes"][std::to_string(size.bytes)] = size.weight;
    }
  }
  if (load.stop.messages) {
    json["stop"] = {{"messages", *load.stop.messages}};
  } else {
    json["stop"] = {{"duration_s", load.stop.duration_s}, {"warmup_s", load.stop.warmup_s}};
    if (load.stop.steady) json["stop"]["steady"] = true;
  }
  return json;
}

nlohmann::json to_json(const Plan& plan) {
  nlohmann::json json = to_json(static_cast<const LoadTemplate&>(plan));
  json["target"] = {{"address", plan.target.address}, {"port", plan.target.port}};
  json["cpus"] = plan.cpus;
  return json;
}

}  // namespace threadmill::load
