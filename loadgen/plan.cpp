#include "loadgen/plan.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "json/error.h"
#include "json/strict_object.h"
#include "loadgen/payload.h"
#include "os/address.h"

namespace threadmill::load {
namespace {

using json::StrictObject;

constexpr std::uint32_t kMostConnections = 1'000'000;
constexpr std::uint32_t kMostMessageBytes = 16U << 20;
constexpr std::uint32_t kMostPipeline = 65'536;
constexpr std::uint64_t kMostInFlight = std::uint64_t{1} << 21;
constexpr std::uint64_t kMostBytesInFlight = std::uint64_t{1} << 32;
constexpr std::uint64_t kMostMessages = 1'000'000'000'000;
constexpr double kMostSeconds = 86'400;

const std::vector<std::string_view> kDrivers = {"echo", "pubsub"};
const std::vector<std::string_view> kMeasureFrom = {"connect", "connected"};

std::vector<std::string_view> allowed_keys(const nlohmann::json& json, bool whole_plan) {
  std::vector<std::string_view> keys;
  if (whole_plan) keys = {"target", "cpus"};
  keys.insert(keys.end(), {"driver", "message_bytes", "stop", "measure_from", "threads", "seed", "timeouts"});
  const bool pubsub = json.is_object() && json.contains("driver") && json["driver"] == "pubsub";
  if (pubsub) {
    keys.insert(keys.end(), {"publishers", "subscribers", "topics", "window"});
  } else {
    keys.insert(keys.end(), {"connections", "pipeline"});
  }
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

void read_echo(const StrictObject& json, LoadTemplate& load) {
  load.echo.connections = json.integer32("connections", 1, kMostConnections);
  load.echo.pipeline = json.integer32("pipeline", 1, kMostPipeline, 1);
  load.message_bytes = json.integer32("message_bytes", 1, kMostMessageBytes);
  limit_in_flight(json, "pipeline", std::uint64_t{load.echo.connections} * load.echo.pipeline,
                  load.message_bytes);
}

void read_pubsub(const StrictObject& json, LoadTemplate& load) {
  auto& pubsub = load.pubsub;
  pubsub.publishers = json.integer32("publishers", 1, kMostConnections);
  pubsub.subscribers = json.integer32("subscribers", 1, kMostConnections);
  pubsub.topics = json.integer32("topics", 1, std::min(pubsub.publishers, pubsub.subscribers), 1);
  pubsub.window = json.integer32("window", 1, kMostPipeline, 64);
  load.message_bytes = json.integer32("message_bytes", kMinimumPayloadBytes, kMostMessageBytes);
  limit_in_flight(json, "window", std::uint64_t{pubsub.publishers} * pubsub.window, load.message_bytes);
  // Each subscriber expects a sequence from each publisher of its topic.
  const std::uint64_t pairs = std::uint64_t{pubsub.publishers} * pubsub.subscribers / pubsub.topics;
  if (pairs > 128 * kMostInFlight)
    json.fail("publishers", "times \"subscribers\" is too much to keep track of");
}

Stop read_stop(const StrictObject& json) {
  const StrictObject stop = json.object("stop", {"messages", "duration_s", "warmup_s"});
  Stop result;
  if (stop.has("messages")) {
    if (stop.has("duration_s") || stop.has("warmup_s")) {
      json.fail("stop", "must have either \"messages\" or \"duration_s\" (with \"warmup_s\"), not both");
    }
    result.messages = stop.integer("messages", 1, kMostMessages);
    return result;
  }
  if (!stop.has("duration_s")) json.fail("stop", "must have \"messages\" or \"duration_s\"");
  result.duration_s = stop.number("duration_s", 0.001, kMostSeconds);
  result.warmup_s = stop.number("warmup_s", 0, kMostSeconds, 0);
  return result;
}

LoadTemplate read_template(const StrictObject& json) {
  LoadTemplate load;
  load.driver = static_cast<DriverKind>(json.choice("driver", kDrivers));
  if (load.driver == DriverKind::echo) {
    read_echo(json, load);
  } else {
    read_pubsub(json, load);
  }
  load.stop = read_stop(json);
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

nlohmann::json to_json(const LoadTemplate& load) {
  nlohmann::json json = {
      {"driver", kDrivers[static_cast<std::size_t>(load.driver)]},
      {"message_bytes", load.message_bytes},
      {"measure_from", kMeasureFrom[static_cast<std::size_t>(load.measure_from)]},
      {"threads", load.threads},
      {"seed", load.seed},
      {"timeouts", {{"connect_s", load.connect_timeout_s}, {"stall_s", load.stall_timeout_s}}},
  };
  if (load.driver == DriverKind::echo) {
    json["connections"] = load.echo.connections;
    json["pipeline"] = load.echo.pipeline;
  } else {
    json["publishers"] = load.pubsub.publishers;
    json["subscribers"] = load.pubsub.subscribers;
    json["topics"] = load.pubsub.topics;
    json["window"] = load.pubsub.window;
  }
  if (load.stop.messages) {
    json["stop"] = {{"messages", *load.stop.messages}};
  } else {
    json["stop"] = {{"duration_s", load.stop.duration_s}, {"warmup_s", load.stop.warmup_s}};
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
