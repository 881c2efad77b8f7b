#pragma once
// What to load a server with: the load plan, strictly read from JSON.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace threadmill::load {

enum class DriverKind {
  echo,    ///< what is sent must come back
  pubsub,  ///< RESP2 SUBSCRIBE and PUBLISH
};

enum class MeasureFrom {
  connect,    ///< the window includes connecting
  connected,  ///< the window begins when all are connected (and warm)
};

struct Target {
  std::string address;  ///< numeric
  std::uint16_t port = 0;
  bool operator==(const Target&) const = default;
};

struct EchoLoad {
  std::uint32_t connections = 1;
  std::uint32_t pipeline = 1;  ///< requests in flight on each connection
  bool operator==(const EchoLoad&) const = default;
};

/// Publishers and subscribers are dealt to topics round robin.
struct PubsubLoad {
  std::uint32_t publishers = 1;
  std::uint32_t subscribers = 1;
  std::uint32_t topics = 1;
  std::uint32_t window =
      64;  ///< messages of a publisher not yet acknowledged and received by every subscriber
  bool operator==(const PubsubLoad&) const = default;
};

/// Either a number of messages per client or publisher, or a time.
struct Stop {
  std::optional<std::uint64_t> messages;
  double duration_s = 0;
  double warmup_s = 0;
  bool operator==(const Stop&) const = default;
};

/// A plan without what only the harness knows: a scenario's "load".
struct LoadTemplate {
  DriverKind driver = DriverKind::echo;
  EchoLoad echo;      ///< meaningful for DriverKind::echo
  PubsubLoad pubsub;  ///< meaningful for DriverKind::pubsub
  std::uint32_t message_bytes = 64;
  Stop stop;
  MeasureFrom measure_from = MeasureFrom::connected;
  std::uint32_t threads = 1;
  std::uint64_t seed = 1;
  double connect_timeout_s = 10;
  double stall_timeout_s = 10;  ///< a run without any progress for that long has failed

  /// All connections that the load opens.
  std::uint32_t connections() const {
    return driver == DriverKind::echo ? echo.connections : pubsub.publishers + pubsub.subscribers;
  }
  bool operator==(const LoadTemplate&) const = default;
};

struct Plan : LoadTemplate {
  Target target;
  std::vector<int> cpus;  ///< dealt to the threads; empty: not pinned
  bool operator==(const Plan&) const = default;
};

/// One clear message: the key, what is wrong with it, what is allowed.
class PlanError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads a whole plan. Throws PlanError; unknown keys are errors.
Plan parse_plan(const nlohmann::json& json);

/// Reads a scenario's "load": a plan without "target" and "cpus". Throws PlanError.
LoadTemplate parse_load_template(const nlohmann::json& json);

/// Every key with its value, defaults too. parse_plan and parse_load_template read it back.
nlohmann::json to_json(const Plan& plan);
nlohmann::json to_json(const LoadTemplate& load);

}  // namespace threadmill::load
