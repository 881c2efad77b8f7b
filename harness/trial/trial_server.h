#pragma once
// The server's side of a trial: the server, and what is watched of it and of the machine that it is on.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/catalogue/subject.h"
#include "harness/network/place.h"
#include "harness/trial/watched_server.h"

namespace threadmill::harness {

class ServerProcess;

/// What a server is started with, wherever it runs.
struct ServerOrder {
  Subject subject;
  std::string service;
  std::size_t connections = 0;      ///< how many the load will ask for
  std::vector<std::string> words;   ///< behind the subject's command
  Place place;                      ///< of a server on another machine only the address counts
  std::filesystem::path journal{};  ///< what {journal} in its words stands for
};

/// On this machine (LocalServer) or on another (RemoteServer). For the thread of its loop. The destructor
/// ends what is left of it. What throws, throws TrialFailure, of the stage "load" unless another is named.
class TrialServer : public WatchedServer {
 public:
  /// Starts it and returns when it is ready. Throws with the stage "start".
  virtual void start() = 0;
  /// Throws with the stage "stop" when it would not end, or ended as if something was wrong. Does nothing
  /// when it could not even be started.
  virtual void stop() = 0;

  virtual std::uint16_t port() const = 0;
  /// "; the server's process is stopped, as by SIGSTOP" where it is, otherwise "".
  virtual std::string describe_state() const = 0;
  /// As in the result file, key "server".
  virtual nlohmann::json to_json() const = 0;

  /// From now on its processes and their machine are watched.
  virtual void begin_watch() = 0;
  /// As WindowWatch::at_gate(), once they are.
  virtual void at_gate(const std::string& gate, std::optional<pid_t> generator) = 0;
  /// As in the result file, keys "samples" and "machine".
  virtual nlohmann::json watched() = 0;
  /// CPU time of its processes once what ends with the load, such as a child for each client, has had time to
  /// end: only then do both accounts hold the same. Nothing where the server has ended by itself.
  virtual std::optional<std::int64_t> settled_cpu_ns() = 0;

  /// The process, for what can be done to one of this machine only; null where it is on another.
  virtual ServerProcess* local() { return nullptr; }
};

}  // namespace threadmill::harness
