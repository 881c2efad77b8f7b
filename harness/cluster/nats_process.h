#pragma once
// A NATS server on this machine: its configuration, and how it runs where it is to outlive the command.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace threadmill::harness {

/// One of a cluster's servers, and where it listens.
struct NatsProcess {
  std::string name;
  std::string address = "127.0.0.1";
  std::string network_namespace;  ///< a file of the one that it runs in (/proc/PID/fd/N); "": where all do
  pid_t pid = 0;                  ///< 0: never started
  std::int64_t start_ticks = 0;   ///< with the pid, which process it is
  std::uint16_t port = 0;         ///< for clients
  std::uint16_t route_port = 0;   ///< for the other servers
  std::uint16_t monitor_port = 0;

  bool is_alone() const { return route_port == 0; }
  std::string url() const;
  bool runs() const;
  /// Gives it an address of its own, with the ports that NATS servers have.
  void isolate(const std::string& its_address, const std::string& its_namespace);
};

/// As --cluster takes them.
std::string urls_of(const std::vector<NatsProcess>& servers);

/// `count` servers, "n1", "n2", ..., on ports of 127.0.0.1 that were free a moment ago.
std::vector<NatsProcess> planned_servers(std::size_t count);

/// The words that start `server` as one of `all`. Writes its configuration into `folder`, where it stores its
/// log, too, in names that begin with its own. Throws std::runtime_error naming the Debian package where the
/// program is missing.
std::vector<std::string> command_of(const NatsProcess& server, const std::vector<NatsProcess>& all,
                                    const std::filesystem::path& folder);

/// Starts `server` as one of `all`, in a session of its own, with what it says in a file of `folder`. Fills
/// in which process it is. Throws as command_of() does.
void start(NatsProcess& server, const std::vector<NatsProcess>& all, const std::filesystem::path& folder);

/// SIGTERM to those that run, then after `grace` SIGKILL. Returns when they are gone.
void stop(const std::vector<NatsProcess>& servers, std::chrono::milliseconds grace);

/// Its configuration, its log and what it stored.
void remove_files(const NatsProcess& server, const std::filesystem::path& folder);

/// The last line that it logged, "" if none.
std::string last_words(const NatsProcess& server, const std::filesystem::path& folder);

}  // namespace threadmill::harness
