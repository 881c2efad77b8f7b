#pragma once
// Three NATS servers on this machine that keep one log: something for `threadmill-server --cluster`.

#include <chrono>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/cluster/isolated_network.h"
#include "harness/cluster/nats_process.h"

namespace threadmill::harness {

/// What a folder says of them: DIR/cluster.json. Everything that they write is in that folder.
struct LocalCluster {
  std::filesystem::path folder;
  std::vector<NatsProcess> servers;
  std::optional<KeptNetwork> network;  ///< where each server has one of its own
};

/// A folder of this user among the temporary ones. Not $XDG_RUNTIME_DIR, which is memory where it is a tmpfs:
/// the log is a file, and as long as a gigabyte.
std::filesystem::path default_cluster_folder();

/// On which network a cluster's servers are.
enum class ClusterNetwork {
  loopback,  ///< all on 127.0.0.1
  isolated,  ///< each on one of its own (IsolatedNetwork)
};

/// Starts those that do not run, all where there are none, and returns once they have chosen a leader; who is
/// parted is not waited for. A cluster that is there already keeps its network. Throws InputError where the
/// folder is another's or its cluster has another network, NetworkError where `isolated` is not to be had,
/// std::runtime_error where they do not come up in time, Interrupted; what this call has started is ended
/// then.
LocalCluster bring_up(const std::filesystem::path& folder, ClusterNetwork network);

/// Ends them, and only them, and removes what they wrote and their network. Throws InputError where the
/// folder has no cluster.
void take_down(const std::filesystem::path& folder);

/// Cuts a server of an isolated cluster off from all others and from this machine, or joins it again. Throws
/// InputError where there is no such cluster or server, NetworkError.
void part(const std::filesystem::path& folder, const std::string& name, bool parted);

/// What each server is and does: "name", "pid", "address", "port", "monitor_port", "runs", "role" ("leader",
/// "follower" or "gone", "" where it knows of no leader): of the group that places streams, as the server
/// itself has it (who is cut off may believe for seconds that it still leads); "stream_role": of our stream,
/// "" while there is none; "parted". Throws InputError where the
/// folder has no cluster.
nlohmann::ordered_json look_at(const std::filesystem::path& folder);

}  // namespace threadmill::harness
