#include "loadgen/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "json/error.h"
#include "loadgen/plan_parts.h"
#include "loadgen/pubsub_protocol.h"
#include "os/address.h"

namespace threadmill::load {
namespace {

using json::StrictObject;

constexpr std::uint32_t kMostBytesPerSecond = 1'000'000'000;
constexpr double kMostSeconds = 86'400;

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
  add("pubsub", {"protocol", "publishers", "subscribers", "members", "topics", "room_sizes", "window",
                 "message_bytes", "confirm", "lost_clients", "absence"});
  add("echo", {"message_bytes", "lost_clients"});
  add("resp", {"command", "lost_clients"});
  add("http", {"path"});
  return keys;
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

BystanderLoad read_bystanders(const StrictObject& json) {
  BystanderLoad load;
  if (!json.has("bystanders")) return load;
  const StrictObject bystanders =
      json.object("bystanders", {"idle", "slow_readers", "slow_reader_bytes_per_s", "half_open", "crashers"});
  load.idle = bystanders.integer32("idle", 0, kMostConnections, 0);
  load.slow_readers = bystanders.integer32("slow_readers", 0, kMostConnections, 0);
  load.slow_reader_bytes_per_s =
      bystanders.integer32("slow_reader_bytes_per_s", 0, kMostBytesPerSecond, load.slow_reader_bytes_per_s);
  load.half_open = bystanders.integer32("half_open", 0, kMostConnections, 0);
  load.crashers = bystanders.integer32("crashers", 0, kMostConnections, 0);
  return load;
}

/// They send their line in the middle of the time that is measured.
void check_crashers(const StrictObject& json, const LoadTemplate& load) {
  if (load.bystanders.crashers > 0 && load.stop.messages)
    json.fail("bystanders", "can only have \"crashers\" where \"stop\" is by time (\"duration_s\")");
}

bool read_lost_clients(const StrictObject& json, const Stop& stop) {
  const bool they_return = json.choice("lost_clients", kLostClients, 0) == 1;
  if (they_return && stop.messages)
    json.fail("lost_clients", "\"return\" needs \"stop\": {\"duration_s\": t}");
  return they_return;
}

/// What bystanders say is RESP where the load is publish/subscribe.
void check_bystanders(const StrictObject& json, const LoadTemplate& load) {
  const bool silent = load.bystanders.total() == load.bystanders.idle;
  if (silent || !load.is_pubsub() || load.pubsub.protocol == PubsubWire::resp) return;
  json.fail("bystanders", "can only be \"idle\" where the protocol is not \"resp\"");
}

/// Messages are then followed singly, by one thread.
void check_followed(const StrictObject& json, const LoadTemplate& load) {
  const auto refuse = [&](const char* key, const char* what) {
    json.fail(
        key, fmt::format("must be {} where lost publishers and subscribers return (\"lost_clients\")", what));
  };
  if (load.pubsub.window != 1) refuse("window", "1, which is the default there,");
  if (load.pubsub.confirm) refuse("confirm", "false");
  if (!load.pubsub.message_sizes.empty()) refuse("message_bytes", "one size");
  if (load.arrivals.think_ns > 0) refuse("arrivals", "a rate, or closed without a time to think,");
  if (load.threads != 1) refuse("threads", "1");
}

Absence read_absence(const StrictObject& json, const LoadTemplate& load) {
  if (!json.has("absence")) return {};
  if (!load.follows_messages()) json.fail("absence", "needs \"lost_clients\": \"return\"");
  const StrictObject object = json.object("absence", {"from_s", "for_s"});
  Absence absence{object.number("from_s", 0, load.stop.duration_s),
                  object.number("for_s", 0.001, kMostSeconds)};
  if (absence.from_s + absence.for_s >= load.stop.duration_s)
    object.fail("for_s", "must end before the load does (\"stop\": {\"duration_s\"})");
  return absence;
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
  check_bystanders(json, load);
  load.stop = read_stop(json);
  check_crashers(json, load);
  load.lost_clients_return = read_lost_clients(json, load.stop);
  if (load.arrivals.open() && load.stop.messages) {
    json.fail("stop", "must be by time (\"duration_s\") where requests arrive at a rate");
  }
  load.connects_in_flight =
      json.integer32("connects_in_flight", 1, kMostConnections, load.connects_in_flight);
  load.measure_from = static_cast<MeasureFrom>(json.choice("measure_from", kMeasureFrom, 1));
  if (load.measure_from == MeasureFrom::connect && !load.stop.messages) {
    json.fail("measure_from", "\"connect\" needs \"stop\": {\"messages\": n}; by time, only \"connected\"");
  }
  load.threads = json.integer32("threads", 1, std::min(kMostThreads, load.connections()), 1);
  load.seed = json.integer("seed", 0, UINT64_MAX, 1);
  if (load.follows_messages()) check_followed(json, load);
  load.absence = read_absence(json, load);
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
  if (plan.is_pubsub() && plan.pubsub.protocol == PubsubWire::amqp && !has_amqp()) {
    object.fail(
        "protocol",
        "\"amqp\" takes librabbitmq, which this build does not have: install librabbitmq-dev (Debian) "
        "and build again");
  }
  return plan;
} catch (const json::JsonError& error) {
  throw PlanError(error.what());
}

LoadTemplate parse_load_template(const nlohmann::json& json) try {
  return read_template(StrictObject(json, "load plan", allowed_keys(json, false)));
} catch (const json::JsonError& error) {
  throw PlanError(error.what());
}

}  // namespace threadmill::load
