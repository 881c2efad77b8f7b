#include <nlohmann/json.hpp>

#include "loadgen/plan_parts.h"

namespace threadmill::load {

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
  nlohmann::json json = {{"idle", load.idle},
                         {"slow_readers", load.slow_readers},
                         {"slow_reader_bytes_per_s", load.slow_reader_bytes_per_s},
                         {"half_open", load.half_open}};
  if (load.crashers > 0) json["crashers"] = load.crashers;  // files of before have none
  return json;
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
    // Left out where it is the default, so that loads of earlier files still equal those of today.
    if (load.pubsub.protocol != PubsubWire::resp) {
      json["protocol"] = kPubsubProtocols[static_cast<std::size_t>(load.pubsub.protocol)];
    }
    json["publishers"] = load.pubsub.publishers;
    json["subscribers"] = load.pubsub.subscribers;
    json["topics"] = load.pubsub.topics;
    json["window"] = load.pubsub.window;
    if (!load.pubsub.room_sizes.empty()) json["room_sizes"] = load.pubsub.room_sizes;
    if (load.pubsub.confirm) json["confirm"] = true;
  }
  if (load.lost_clients_return) json["lost_clients"] = "return";  // files of before do not say
  if (load.absence.for_s > 0)
    json["absence"] = {{"from_s", load.absence.from_s}, {"for_s", load.absence.for_s}};
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
