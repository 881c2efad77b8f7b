#pragma once
// A NATS server that outlives the command which started it.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace threadmill::harness {

/// One of a cluster's servers, and where it listens, on 127.0.0.1.
struct NatsProcess {
  std::string name;
  pid_t pid = 0;                 ///< 0: never started
  std::int64_t start_ticks = 0;  ///< with the pid, which process it is
  std::uint16_t port = 0;        ///< for clients
  std::uint16_t route_port = 0;  ///< for the other servers
  std::uint16_t monitor_port = 0;

  std::string url() const;
  bool runs() const;
};

/// Starts `server` as one of `all`, in a session of its own: its configuration, its log and what it stores
/// are in `folder`, in names that begin with its own. Fills in which process it is. Throws std::runtime_error
/// naming the Debian package where the program is missing.
void start(NatsProcess& server, const std::vector<NatsProcess>& all, const std::filesystem::path& folder);

/// SIGTERM to those that run, then after `grace` SIGKILL. Returns when they are gone.
void stop(const std::vector<NatsProcess>& servers, std::chrono::milliseconds grace);

/// Its configuration, its log and what it stored.
void remove_files(const NatsProcess& server, const std::filesystem::path& folder);

/// The last line that it logged, "" if none.
std::string last_words(const NatsProcess& server, const std::filesystem::path& folder);

}  // namespace threadmill::harness
