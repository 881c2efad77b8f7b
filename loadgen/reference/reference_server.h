#pragma once
// An echo server whose latency is known: the time that each request takes is given, and the kernel's
// timestamps tell what came of it.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <unordered_map>
#include <vector>

#include "loadgen/reference/reference_connection.h"
#include "loadgen/reference/reference_report.h"
#include "loadgen/reference/request_log.h"
#include "loadgen/reference/service_times.h"
#include "loadgen/reference/stall_schedule.h"
#include "os/address.h"
#include "os/descriptor.h"

namespace threadmill::load::reference {

struct ReferenceOptions {
  std::uint16_t port = 0;           ///< of 127.0.0.1; 0 takes a free one
  std::size_t message_bytes = 64;   ///< every message has this length
  ServiceTimeSpec service = {};     ///< time from the arrival of a request to its reply
  std::uint64_t seed = 1;           ///< of the service times
  std::int64_t stall_ns = 0;        ///< 0: never
  std::int64_t stall_every_ns = 0;  ///< longer than stall_ns
  std::size_t max_connections = 20'000;
  std::size_t max_held_bytes = std::size_t{256}
                               << 20;    ///< of all messages; beyond, requests stay in the sockets
  std::size_t max_requests = 4'000'000;  ///< that are logged: 24 bytes each
};

/// Never sleeps: it looks at the sockets and the clock in turn, so that a reply leaves within microseconds of
/// its time. It should have a CPU of its own.
///
/// A reply is due a service time after the kernel's timestamp of its request, whatever else is under way: it
/// is a delay, not a queue (except that the replies of one connection keep their order). In a stall no reply
/// leaves. Requests are read even then: seen from the wire that is the same, while unread packets would be
/// merged and lose their timestamps. Used by one thread.
class ReferenceServer {
 public:
  /// Listens from now on. Throws std::system_error.
  explicit ReferenceServer(const ReferenceOptions& options);
  ~ReferenceServer();

  std::uint16_t port() const { return os::SocketAddress::of_socket(listener_.get()).port(); }

  /// One look at everything that may have happened. Call it again and again.
  void turn();

  /// Over the requests that arrived in [start_ns, end_ns] of CLOCK_MONOTONIC, so far as the server has lived
  /// in that time. Takes some tens of ms for millions of requests, in which nothing is served.
  ReferenceReport report(std::int64_t start_ns, std::int64_t end_ns) const;

 private:
  struct Due {
    std::int64_t at_ns;       ///< CLOCK_REALTIME
    std::uint64_t order;      ///< of equals, what came first leaves first
    ReferenceConnection* to;  ///< lives as long as it holds messages
    bool operator>(const Due& other) const {
      return at_ns != other.at_ns ? at_ns > other.at_ns : order > other.order;
    }
  };

  void accept_one();
  void adopt(os::Descriptor socket);
  void on_events(ReferenceConnection& connection, std::uint32_t events);
  void read_from(ReferenceConnection& connection);
  void send_due();
  void settle(ReferenceConnection& connection);
  void forget_finished();

  ReferenceOptions options_;
  os::Descriptor epoll_;
  os::Descriptor listener_;
  std::int64_t ready_ns_;          // CLOCK_MONOTONIC
  std::int64_t wall_ahead_by_ns_;  // CLOCK_REALTIME less CLOCK_MONOTONIC at the start
  StallSchedule stalls_;           // CLOCK_REALTIME
  ServiceTimes service_times_;
  RequestLog log_;
  std::unordered_map<ReferenceConnection*, std::unique_ptr<ReferenceConnection>> connections_;
  std::vector<ReferenceConnection*> finished_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::uint64_t next_order_ = 0;
  std::size_t held_messages_ = 0;  // in all connections
};

}  // namespace threadmill::load::reference
