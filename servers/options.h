#pragma once
// The knobs that every model shares. Together with TCP_NODELAY and the CPU set they are the fairness
// contract.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace threadmill::servers {

class ConnectionLog;
class Journal;
class ReplicatedLog;

/// When bytes that wait in outboxes are written. How far publications of one turn become one piece is the
/// model's own doing: `broker` and the models whose threads share topics put them together, the others write
/// them side by side in one call.
enum class FlushKind {
  immediate,  ///< at once, for each publication: least latency, most system calls
  tick,       ///< at the end of the turn that produced them: batches what arrived together
  delay,      ///< at most a given time later: larger batches, added latency
};

std::string_view to_string(FlushKind kind);

struct Flush {
  FlushKind kind = FlushKind::immediate;
  std::chrono::microseconds delay{0};  ///< for FlushKind::delay only
};

/// Reads "immediate", "tick" or "delay:200us" (us or ms, at most 1 s). Throws std::invalid_argument saying
/// what is accepted.
Flush parse_flush(std::string_view text);
std::string to_string(const Flush& flush);

/// Who writes a publication to the subscribers of its topic. Source: 003_53b9d1731df8acb3, which tried all
/// three.
enum class Distribution {
  batch,  ///< the loop, once a turn: what a topic has gathered is one piece, shared by all its subscribers
  broadcast,  ///< the loop, at once, to each subscriber in turn
  writers,    ///< a thread for each subscriber, from a bounded queue of its own; the loop only hands over
};

std::string_view to_string(Distribution distribution);

/// Reads what to_string() gives. Throws std::invalid_argument saying what is accepted.
Distribution parse_distribution(std::string_view text);

/// How clients come to one of several event loops.
enum class Sharding {
  reuseport,  ///< a listening socket for each loop; the kernel deals new connections out (SO_REUSEPORT)
  handoff,    ///< the first loop accepts, and hands the sockets to all loops in turn
};

std::string_view to_string(Sharding sharding);

/// Most event loops of one server.
inline constexpr std::size_t kMostLoops = 64;

/// How many workers stand ready for clients to come, where each serves one at a time (Workers::spare).
inline constexpr std::size_t kSpareWorkers = 8;

/// Most workers that may be asked for.
inline constexpr std::size_t kMostWorkers = 1024;

/// What happens to a connection whose outbox is full.
enum class SlowConsumer {
  disconnect,  ///< it is closed, as Redis does; counted
  drop,        ///< the publication is not delivered to it; counted
};

class EventHistory;
class SecondDoor;

/// Of the service `web`.
struct WebOptions {
  std::string cors_origin;  ///< whose pages may use it besides our own; "*": anybody's; empty: nobody's
  std::string host;         ///< a name that clients may call this machine by, besides its addresses
  std::chrono::milliseconds heartbeat{15'000};  ///< between signs of life to a silent event stream
};

struct ServeOptions {
  Flush flush;
  Distribution distribution = Distribution::batch;  ///< of the models that have a choice (ModelTraits)
  std::size_t loops = 1;                            ///< event loops, each on its own thread
  Sharding sharding = Sharding::reuseport;          ///< of more than one loop
  std::size_t workers = 0;               ///< of models that have them (Workers); resolved before serving
  int backlog = 4096;                    ///< of listen(2); the kernel caps it at net.core.somaxconn
  std::size_t max_connections = 10'000;  ///< further clients are refused with one line
  std::size_t max_message_bytes =
      1 << 20;  ///< of one request; a longer one gets an error and the connection is closed
  std::size_t outbox_bytes = 8 << 20;  ///< what may wait for one connection
  SlowConsumer slow_consumer = SlowConsumer::disconnect;
  std::chrono::milliseconds drain{2000};  ///< after a stop request, how long unread answers may keep it alive
  std::size_t history_messages = 100;     ///< kept for each chat room
  Journal* journal = nullptr;             ///< of the chat rooms; null: their messages end with the process
  ReplicatedLog* replicated_log = nullptr;  ///< of the topics of several servers; null: this one is alone
  ConnectionLog* connection_log = nullptr;  ///< who says how many connections there are; null: nobody
  WebOptions web;
  std::shared_ptr<EventHistory> events;  ///< shared by the services of one process, where the web is beside
                                         ///< the chat, or numbered by a log
  const SecondDoor* second_door = nullptr;  ///< a second listener, for models that are one event loop
};

}  // namespace threadmill::servers
