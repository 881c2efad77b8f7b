#pragma once
// A subject's server, from its start to its end.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/catalogue/subject.h"
#include "harness/network/place.h"
#include "harness/process/child_process.h"
#include "harness/process/tree_guard.h"
#include "harness/trial/trial_failure.h"
#include "harness/trial/watched_server.h"

namespace threadmill::harness {

/// How long its ready line may be, in bytes.
inline constexpr std::size_t kLongestReadyLine = 64 << 10;

/// As in the result file, of one that never ran.
nlohmann::json unstarted_server(const Subject& subject, const std::vector<std::string>& command);

/// Runs in a place, and listens at its address. The destructor kills it and its process group, but first asks
/// one that takes its time to end (what it would leave are files); what has left the group is for
/// kill_leftover_children(). While it runs its processes are counted (TreeGuard), and its
/// standard error is kept bounded. For the thread of its loop.
class ServerProcess : public WatchedServer {
 public:
  /// `connections` is how many the load will ask for; `more` follows the subject's command. The place has to
  /// outlive it; `journal` is what {journal} in its words stands for.
  ServerProcess(EventLoop& loop, const Subject& subject, const std::string& service, const os::CpuSet& cpus,
                std::size_t connections, const std::vector<std::string>& more = {}, Place place = {},
                std::filesystem::path journal = {});
  ~ServerProcess() override;
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Starts it and returns when it is ready. Throws TrialFailure of stage "start".
  void start();
  /// Throws TrialFailure of stage "stop" when it would not end, or ended as if something was wrong. Does
  /// nothing when it could not even be started.
  void stop();

  // In mid-trial, where that is what the scenario asks for:

  /// SIGKILL to all its processes; its own request to end. Return at once.
  void kill();
  void ask_to_end();
  /// Once it has ended, or been killed: with the same command, on the same port. Returns when it is started,
  /// which is before it is ready. Throws TrialFailure of stage "load".
  void start_again();
  /// It names the process that a fault hits ("victim_pid" of its ready line, and of lines {"victim_pid": ..}
  /// that it prints whenever that is another one), and starts that again by itself.
  bool has_supervisor() const { return victim_.has_value(); }
  /// The process that it has named last. Throws TrialFailure of stage "load" where that is no living
  /// descendant of its own: it may be anybody's by now.
  pid_t victim();

  /// Only from start() on.
  pid_t pid() const { return process_->pid(); }
  std::uint16_t port() const { return port_; }
  /// Also true when it was killed for forking wildly.
  bool has_exited() const override;
  void trim_stderr() override;
  /// "the server exited with status 1; its last words: ..."
  std::string describe_exit() const override;
  /// "; the server's process is stopped, as by SIGSTOP" where it is, otherwise "".
  std::string describe_state() const;

  /// As in the result file: command, ready line, exit and resources.
  nlohmann::json to_json() const;

 private:
  std::vector<std::string> words() const;
  void spawn(bool with_lines);
  void keep_watch();
  bool has_ended() const { return process_ && process_->exit().has_value(); }
  void wait_for_ready_line();
  void wait_for_connect();
  void read_ready_line(const std::string& line);
  void read_who_is_victim();
  std::string last_words() const;

  EventLoop& loop_;
  const Subject& subject_;
  std::string service_;
  os::CpuSet cpus_;
  std::vector<std::string> more_;
  Place place_;
  std::filesystem::path journal_;
  std::uint16_t port_ = 0;
  std::vector<std::string> command_;
  nlohmann::json ready_;
  std::optional<pid_t> victim_;
  TreeGuard guard_;
  std::unique_ptr<ChildProcess> process_;  // null where it could not be started (again)
  bool asked_to_stop_ = false;
  EventLoop::Handle watch_;
};

}  // namespace threadmill::harness
