#pragma once
// What is counted while loading. Plain numbers: each thread has its own, added up at the end.

#include <cstddef>
#include <cstdint>

namespace threadmill::load {

/// Failures of connections and of answers, by kind. None is fatal to the generator.
struct Errors {
  std::uint64_t connect = 0;   ///< connections that could not be made
  std::uint64_t timeout = 0;   ///< connections that did not get ready, or whose answers never came
  std::uint64_t reset = 0;     ///< connections reset by the server
  std::uint64_t closed = 0;    ///< connections closed by the server in mid-run
  std::uint64_t protocol = 0;  ///< connections that sent what is not the protocol
  std::uint64_t server = 0;    ///< error replies

  Errors& operator+=(const Errors& other) {
    connect += other.connect;
    timeout += other.timeout;
    reset += other.reset;
    closed += other.closed;
    protocol += other.protocol;
    server += other.server;
    return *this;
  }
  bool operator==(const Errors&) const = default;
};

/// What it cost the clients that the server ended their connections, where they return to it. Of the whole
/// run, unless said otherwise.
struct Losses {
  std::uint64_t clients = 0;        ///< that lost their connection at least once
  std::uint64_t connections = 0;    ///< that the server ended
  std::uint64_t returned = 0;       ///< of these, those whose client has had an answer since
  std::uint64_t requests = 0;       ///< under way on them, and never answered
  std::uint64_t refused = 0;        ///< attempts to return that failed
  std::int64_t first_ns = 0;        ///< CLOCK_MONOTONIC of the first loss in the window; 0: there was none
  std::int64_t last_return_ns = 0;  ///< of the last client to have an answer again; 0: none had
  std::int64_t longest_absence_ns = 0;  ///< of those who returned: from a loss to the next answer

  Losses& operator+=(const Losses& other) {
    clients += other.clients;
    connections += other.connections;
    returned += other.returned;
    requests += other.requests;
    refused += other.refused;
    if (first_ns == 0 || (other.first_ns != 0 && other.first_ns < first_ns)) first_ns = other.first_ns;
    if (last_return_ns < other.last_return_ns) last_return_ns = other.last_return_ns;
    if (longest_absence_ns < other.longest_absence_ns) longest_absence_ns = other.longest_absence_ns;
    return *this;
  }
  bool operator==(const Losses&) const = default;
};

/// Messages that were not what they should have been.
struct Integrity {
  std::uint64_t corrupt = 0;       ///< bytes or checksum wrong
  std::uint64_t lost = 0;          ///< sent, and never arrived by the end of the drain
  std::uint64_t repeated = 0;      ///< arrived again
  std::uint64_t reordered = 0;     ///< arrived after a later one of the same sender
  std::uint64_t misdelivered = 0;  ///< arrived at a connection or topic that it was not for

  Integrity& operator+=(const Integrity& other) {
    corrupt += other.corrupt;
    lost += other.lost;
    repeated += other.repeated;
    reordered += other.reordered;
    misdelivered += other.misdelivered;
    return *this;
  }
  bool operator==(const Integrity&) const = default;
};

struct Bytes {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;

  Bytes& operator+=(const Bytes& other) {
    sent += other.sent;
    received += other.received;
    return *this;
  }
  bool operator==(const Bytes&) const = default;
};

/// How many answers were there when the thread looked (publish/subscribe: connections with something to
/// read). What is there and not read yet waits for the generator, and not for the server.
struct Readiness {
  std::uint64_t events = 0;  ///< answers, or connections
  double squares = 0;        ///< sum of the squares of those of each turn

  void count_turn(std::uint64_t ready) noexcept {
    events += ready;
    squares += static_cast<double>(ready) * static_cast<double>(ready);
  }
  Readiness& operator+=(const Readiness& other) {
    events += other.events;
    squares += other.squares;
    return *this;
  }
  bool operator==(const Readiness&) const = default;
};

/// What was under way when sending ended.
struct Backlog {
  std::uint64_t in_flight = 0;           ///< requests or messages
  std::uint64_t unread_bytes = 0;        ///< received by the kernel, and not yet by the generator
  std::uint64_t connections_unread = 0;  ///< that had any

  Backlog& operator+=(const Backlog& other) {
    in_flight += other.in_flight;
    unread_bytes += other.unread_bytes;
    connections_unread += other.connections_unread;
    return *this;
  }
  bool operator==(const Backlog&) const = default;
};

}  // namespace threadmill::load
