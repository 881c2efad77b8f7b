#pragma once
// What to load a server with: the load plan, strictly read from JSON.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "loadgen/arrivals.h"
#include "loadgen/bystanders/bystander_load.h"
#include "loadgen/message_sizes.h"

namespace threadmill::load {

enum class DriverKind {
  echo,    ///< what is sent must come back
  pubsub,  ///< publishers and subscribers; PubsubLoad::protocol says what they speak
  resp,    ///< a RESP2 command and its reply
  http,    ///< HTTP/1.1 GET, keep-alive
};

/// What publishers and subscribers speak.
enum class PubsubWire {
  resp,   ///< RESP2, as Redis speaks it
  sse,    ///< HTTP/1.1: POST to publish, Server-Sent Events to receive
  nats,   ///< the text protocol of NATS
  rooms,  ///< the rooms of our lobby: SAY
  amqp,   ///< AMQP 0-9-1, as RabbitMQ speaks it
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

/// How a generator thread passes the time until an answer comes or the next request is due. A closed loop
/// without thought always has answers to wait for: it sleeps, unless it is to spin.
enum class Wait {
  sleep,   ///< in the kernel until it is due
  hybrid,  ///< it polls shortly before something is due and while answers come, else it sleeps
  spin,    ///< it polls all the time
};

/// When requests or messages are sent.
struct ArrivalLoad {
  ArrivalProcess process = ArrivalProcess::closed;
  Rate rate;                  ///< of all connections, or all publishers, together; open loop
  std::int64_t think_ns = 0;  ///< on average, between an answer and the next request; closed loop
  ThinkTime::Distribution think = ThinkTime::Distribution::constant;
  Wait wait = Wait::hybrid;

  bool open() const { return process != ArrivalProcess::closed; }
  /// Whether requests have due times of their own: there is a response time besides the service time.
  bool paced() const { return open() || think_ns > 0; }
  bool operator==(const ArrivalLoad&) const = default;
};

/// Requests and answers, whatever the protocol.
struct RequestLoad {
  std::uint32_t connections = 1;
  std::uint32_t pipeline = 1;                   ///< requests in flight on each connection, at most
  std::uint64_t messages_per_connection = 0;    ///< then it is left and made anew; 0: it stays
  std::vector<std::string> command = {"PING"};  ///< DriverKind::resp
  std::string path = "/";                       ///< DriverKind::http
  bool operator==(const RequestLoad&) const = default;
};

/// Seating says who is in which topic.
struct PubsubLoad {
  PubsubWire protocol = PubsubWire::resp;
  std::uint32_t publishers = 1;
  std::uint32_t subscribers = 1;
  std::uint32_t topics = 1;
  std::uint32_t window =
      64;  ///< messages of a publisher not yet acknowledged and received by every subscriber
  std::vector<std::uint32_t> room_sizes = {};   ///< subscribers of each topic; empty: they are dealt in turn
  std::vector<MessageSize> message_sizes = {};  ///< smallest first, at least two; empty: message_bytes
  bool confirm =
      false;  ///< each message with its sum, and subscribers acknowledge it: our lobby's CONFIRM and ACK
  bool operator==(const PubsubLoad&) const = default;
};

/// Either a number of messages per client or publisher, or a time.
struct Stop {
  std::optional<std::uint64_t> messages;
  double duration_s = 0;
  double warmup_s = 0;
  bool steady = false;  ///< the warm-up ends as soon as the rate is steady, and after warmup_s at the latest
  bool operator==(const Stop&) const = default;
};

/// All subscribers leave, and come back together.
struct Absence {
  double from_s = 0;  ///< into the window
  double for_s = 0;   ///< 0: nobody leaves
  bool operator==(const Absence&) const = default;
};

/// A plan without what only the harness knows: a scenario's "load".
struct LoadTemplate {
  DriverKind driver = DriverKind::echo;
  RequestLoad requests;  ///< meaningful for all but DriverKind::pubsub
  PubsubLoad pubsub;     ///< meaningful for DriverKind::pubsub
  ArrivalLoad arrivals;
  BystanderLoad bystanders;
  bool lost_clients_return = false;  ///< whose connection the server ends connects anew; else the run fails
  Absence absence;                   ///< of subscribers; only where lost clients return
  std::uint32_t connects_in_flight = 256;  ///< in each thread
  std::uint32_t message_bytes = 64;        ///< of the longest, where they differ
  Stop stop;
  MeasureFrom measure_from = MeasureFrom::connected;
  std::uint32_t threads = 1;
  std::uint64_t seed = 1;
  double connect_timeout_s = 10;
  double stall_timeout_s = 10;  ///< a run without any progress for that long has failed

  bool is_pubsub() const { return driver == DriverKind::pubsub; }
  /// Every message is followed singly: the server may lose connections, and messages.
  bool follows_messages() const { return is_pubsub() && lost_clients_return; }
  /// All connections that are loaded: bystanders not among them.
  std::uint32_t connections() const {
    return is_pubsub() ? pubsub.publishers + pubsub.subscribers : requests.connections;
  }
  MessageSizes message_sizes() const {
    return pubsub.message_sizes.empty() ? MessageSizes(message_bytes)
                                        : MessageSizes(pubsub.message_sizes, seed);
  }
  bool operator==(const LoadTemplate&) const = default;
};

/// Of all processes of a load together.
inline constexpr std::uint32_t kMostThreads = 4096;

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
nlohmann::json to_json(const ArrivalLoad& load);
nlohmann::json to_json(const BystanderLoad& load);

}  // namespace threadmill::load
