#pragma once
// A cluster and a broker of ours on it, for as long as a command runs: a subject that one command starts.

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/cluster/local_cluster.h"

namespace threadmill::harness {

struct ServedCluster {
  std::size_t nodes = 3;  ///< 1 or 3 NATS servers; each keeps the log
  std::string service = "chat";
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< of the broker; 0: any
  ClusterNetwork network = ClusterNetwork::loopback;
};

/// Starts all, prints {"port": .., "victim_pid": ..} once a client can publish, the pid being that of the
/// NATS server that leads the stream then, and {"victim_pid": ..} within about a second when another leads,
/// and serves until SIGINT, SIGTERM or SIGHUP. A NATS server that dies meanwhile is started again a second
/// later, on what it left on the disk. All are descendants of this process and die with it, however it ends;
/// what they wrote is in a scratch folder. Becomes two processes (become_guardian()). Throws
/// std::runtime_error with the last words of who did not start, or of a broker that has ended; NetworkError.
void serve_cluster(const ServedCluster& what);

}  // namespace threadmill::harness
