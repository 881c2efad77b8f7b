#pragma once
// The knobs that every model shares. Together with TCP_NODELAY and the CPU set they are the fairness
// contract.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace threadmill::servers {

/// When bytes that wait in outboxes are written. How far publications of one turn become one piece is the
/// model's own doing: `broker` and `thread` put them together, the others write them side by side in one
/// call.
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

/// What happens to a connection whose outbox is full.
enum class SlowConsumer {
  disconnect,  ///< it is closed, as Redis does; counted
  drop,        ///< the publication is not delivered to it; counted
};

class SecondDoor;

/// Of the service `web`.
struct WebOptions {
  std::string cors_origin;  ///< whose pages may use it besides our own; "*": anybody's; empty: nobody's
  std::string host;         ///< a name that clients may call this machine by, besides its addresses
  std::chrono::milliseconds heartbeat{15'000};  ///< between signs of life to a silent event stream
};

struct ServeOptions {
  Flush flush;
  int backlog = 4096;                    ///< of listen(2); the kernel caps it at net.core.somaxconn
  std::size_t max_connections = 10'000;  ///< further clients are refused with one line
  std::size_t max_message_bytes =
      1 << 20;  ///< of one request; a longer one gets an error and the connection is closed
  std::size_t outbox_bytes = 8 << 20;  ///< what may wait for one connection
  SlowConsumer slow_consumer = SlowConsumer::disconnect;
  std::chrono::milliseconds drain{2000};  ///< after a stop request, how long unread answers may keep it alive
  WebOptions web;
  const SecondDoor* second_door = nullptr;  ///< a second listener, for models that are one event loop
};

}  // namespace threadmill::servers
