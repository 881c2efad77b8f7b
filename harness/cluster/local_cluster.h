#pragma once
// Three NATS servers on this machine that keep one log: something for `threadmill-server --cluster`.

#include <chrono>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/cluster/nats_process.h"

namespace threadmill::harness {

/// What a folder says of them: DIR/cluster.json. Everything that they write is in that folder.
struct LocalCluster {
  std::filesystem::path folder;
  std::vector<NatsProcess> servers;

  /// As --cluster takes it.
  std::string urls() const;
};

/// A folder of this user among the temporary ones. Not $XDG_RUNTIME_DIR, which is memory where it is a tmpfs:
/// the log is a file, and as long as a gigabyte.
std::filesystem::path default_cluster_folder();

/// Starts those that do not run, all where there are none, and returns once they have chosen a leader. Throws
/// InputError where the folder is another's, std::runtime_error where they do not come up in time; what this
/// call has started is ended then.
LocalCluster bring_up(const std::filesystem::path& folder);

/// Ends them, and only them, and removes what they wrote. Throws InputError where the folder has no cluster.
void take_down(const std::filesystem::path& folder);

/// What each server is and does: "name", "pid", "port", "monitor_port", "runs", "role" ("leader", "follower",
/// "gone", or "" while it knows of no leader): of the group that places streams; "stream_role": of our
/// stream, "" also while there is none. Throws InputError where the folder has no cluster.
nlohmann::ordered_json look_at(const std::filesystem::path& folder);

}  // namespace threadmill::harness
