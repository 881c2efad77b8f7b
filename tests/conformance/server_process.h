#pragma once
// A real threadmill-server, started for one test.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "os/descriptor.h"

namespace threadmill::conformance {

/// What a server is started in.
struct Surroundings {
  unsigned descriptors = 0;   ///< RLIMIT_NOFILE; 0: as it is
  bool tells_memory = false;  ///< a sanitizer gives back at once what is freed: for tests of how much is used
};

/// Started by the constructor, as a process group of its own, and killed with all its children by the
/// destructor, if it still lives.
class ServerProcess {
 public:
  /// `arguments` follow the program's name.
  explicit ServerProcess(const std::vector<std::string>& arguments, const Surroundings& surroundings = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// From its ready line; 0 when it ended without one.
  std::uint16_t port() const { return port_; }
  /// Of its web gateway; 0 when it has none.
  std::uint16_t web_port() const { return web_port_; }
  pid_t pid() const { return pid_; }
  /// Its ready line; no object when it ended without one.
  const nlohmann::json& ready() const { return ready_; }

  /// Sends SIGTERM and waits. Returns the exit code, or 128 + signal.
  int stop();
  /// Waits for it to end by itself.
  int wait();

  /// What it printed after the ready line, once it has ended: its counts by name.
  std::map<std::string, std::uint64_t> counts();
  /// What it printed on stderr so far.
  std::string errors() const;
  /// Its child processes.
  std::vector<pid_t> children() const;
  /// How many threads the process itself has.
  std::size_t threads() const;

 private:
  std::string read_line();

  pid_t pid_ = -1;
  bool reaped_ = false;
  std::uint16_t port_ = 0;
  std::uint16_t web_port_ = 0;
  os::Descriptor output_;
  os::Descriptor errors_;
  nlohmann::json ready_;
  std::string unread_;
};

}  // namespace threadmill::conformance
