#pragma once
// A subject's server, from its start to its end.

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/catalogue/subject.h"
#include "harness/process/child_process.h"
#include "harness/process/tree_guard.h"
#include "harness/trial/place.h"
#include "harness/trial/trial_failure.h"
#include "harness/trial/watched_server.h"

namespace threadmill::harness {

/// How long its ready line may be, in bytes.
inline constexpr std::size_t kLongestReadyLine = 64 << 10;

/// Runs in a place, and listens at its address. The destructor kills it and its process group, but first asks
/// one that takes its time to end (what it would leave are files); what has left the group is for
/// kill_leftover_children(). While it runs its processes are counted (TreeGuard), and its
/// standard error is kept bounded. For the thread of its loop.
class ServerProcess : public WatchedServer {
 public:
  /// `connections` is how many the load will ask for; `more` follows the subject's command. The place has to
  /// outlive it.
  ServerProcess(EventLoop& loop, const Subject& subject, const std::string& service, const os::CpuSet& cpus,
                std::size_t connections, const std::vector<std::string>& more = {}, Place place = {});
  ~ServerProcess() override;
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Starts it and returns when it is ready. Throws TrialFailure of stage "start".
  void start();
  /// Throws TrialFailure of stage "stop" when it would not end, or ended as if something was wrong. Does
  /// nothing when it could not even be started.
  void stop();

  /// Only from start() on.
  pid_t pid() const { return process_->pid(); }
  std::uint16_t port() const { return port_; }
  /// Also true when it was killed for forking wildly.
  bool has_exited() const override;
  void trim_stderr() override { process_->trim_stderr(); }
  /// "the server exited with status 1; its last words: ..."
  std::string describe_exit() const override;
  /// "; the server's process is stopped, as by SIGSTOP" where it is, otherwise "".
  std::string describe_state() const;

  /// As in the result file: command, ready line, exit and resources.
  nlohmann::json to_json() const;

 private:
  void keep_watch();
  bool has_ended() const { return process_ && process_->exit().has_value(); }
  void wait_for_ready_line();
  void wait_for_connect();
  void read_ready_line(const std::string& line);
  std::string last_words() const;

  EventLoop& loop_;
  const Subject& subject_;
  os::CpuSet cpus_;
  Place place_;
  std::uint16_t port_ = 0;
  std::vector<std::string> command_;
  nlohmann::json ready_;
  TreeGuard guard_;
  std::unique_ptr<ChildProcess> process_;
  bool asked_to_stop_ = false;
  EventLoop::Handle watch_;
};

}  // namespace threadmill::harness
