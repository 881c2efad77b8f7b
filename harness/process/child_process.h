#pragma once
// A program that this one starts, watches and surely ends.

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/process/descendants.h"
#include "harness/process/event_loop.h"
#include "harness/process/line_reader.h"
#include "os/cpu_set.h"
#include "os/descriptor.h"

namespace threadmill::harness {

struct ChildCommand {
  std::vector<std::string> argv;  ///< argv[0] is looked up in PATH; no shell is involved
  os::CpuSet cpus;                ///< where it may run; empty: anywhere
  int network_namespace = -1;     ///< a descriptor of the one that it runs in; -1: that of this process
  bool with_stdin = false;        ///< a pipe to write to; otherwise /dev/null
  bool with_lines = true;  ///< its standard output is read as lines; otherwise it joins its standard error
  std::size_t longest_line = kLongestLine;  ///< of its standard output, in bytes
};

/// How a process ended, and what it used over its whole life together with the children that it reaped
/// (wait4).
struct ChildExit {
  std::optional<int> status;
  std::optional<int> signal;
  std::int64_t user_us = 0;
  std::int64_t system_us = 0;
  std::int64_t max_rss_bytes = 0;  ///< of the largest single process

  /// "exited with status 3", "was killed by signal 9 (Killed)".
  std::string describe() const;
};

/// What a program says, as far as one line of ours quotes it.
std::string shortened(std::string words);

/// Runs in a process group of its own, with as many open files as the hard limit lets it have, and dies with
/// this process. The destructor kills what is left of the group at once. For the thread of its loop.
class ChildProcess {
 public:
  /// Throws std::system_error naming the program when it cannot be started.
  ChildProcess(EventLoop& loop, const ChildCommand& command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  /// Set once the process has ended and the loop has seen it.
  const std::optional<ChildExit>& exit() const { return exit_; }
  /// Its standard output; only where asked for.
  LineReader& lines() { return *lines_; }
  /// Writes `line` and a line end to its standard input. A child that no longer reads is no error here.
  void send_line(std::string_view line);
  void close_stdin() { stdin_.reset(); }

  /// SIGCONT (without which a stopped process would not notice) and `request`, then after `grace` SIGKILL to
  /// the group. Returns true if the request was enough, or it had ended already.
  bool stop(std::chrono::milliseconds grace, int request = SIGTERM);

  /// `request`, and at most `grace` for it to end, without the loop: where that was interrupted. What is left
  /// is the destructor's.
  void ask_to_end(std::chrono::milliseconds grace, int request) const;

  /// The end of what it wrote to standard error.
  std::string stderr_tail() const;
  /// The last line that it wrote to standard error, shortened; "" if none.
  std::string last_words() const;
  /// Keeps what it writes to standard error bounded. Called now and then while it runs.
  void trim_stderr();

 private:
  void start(const ChildCommand& command, os::Descriptor in, os::Descriptor out);
  void reap(bool wait);

  EventLoop& loop_;
  pid_t pid_ = -1;
  os::Descriptor pidfd_;
  os::Descriptor stdin_;
  os::Descriptor stderr_;  // a file in memory that the child appends to
  std::unique_ptr<LineReader> lines_;
  std::optional<ChildExit> exit_;
  EventLoop::Handle exit_watch_;
};

}  // namespace threadmill::harness
