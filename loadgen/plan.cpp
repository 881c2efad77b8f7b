#include "loadgen/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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
constexpr std::uint32_t kMostBytesPerSecond = 1'000'000'000;
constexpr double kMostSeconds = 86'400;

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
  add("pubsub", {"publishers", "subscribers", "topics", "window", "message_bytes"});
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

void read_requests(const StrictObject& json, LoadTemplate& load) {
  auto& requests = load.requests;
  requests.connections = json.integer32("connections", 1, kMostConnections);
  requests.pipeline = json.integer32("pipeline", 1, kMostPipeline, 1);
  requests.messages_per_connection = json.integer("messages_per_connection", 0, kMostMessages, 0);
  if (load.driver == DriverKind::echo) {
    load.message_bytes = json.integer32("message_bytes", 1, kMostMessageBytes);
  }
  limit_in_flight(json, "pipeline", std::uint64_t{requests.connections} * requests.pipeline,
                  load.message_bytes);
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
  }
  if (load.driver == DriverKind::resp) {
    json["command"] = load.requests.command;
  } else if (load.driver == DriverKind::http) {
    json["path"] = load.requests.path;
  } else {
    json["message_bytes"] = load.message_bytes;
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
