#pragma once
// The connections beside the load, in a thread of their own.

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "loadgen/bystanders/bystander_counts.h"
#include "loadgen/bystanders/bystander_load.h"
#include "loadgen/bystanders/crowd.h"
#include "loadgen/bystanders/script.h"
#include "loadgen/event_loop.h"
#include "loadgen/plan.h"
#include "os/cpu_set.h"

namespace threadmill::load {

struct BystanderPlan {
  Target target;
  BystanderLoad load;
  BystanderScript script;
  std::int64_t crash_after_ns = 0;  ///< from the begin of the window
  os::CpuSet cpus;                  ///< of the thread; empty: not pinned
  std::uint32_t first_number = 0;   ///< connections of the run that have the numbers below
};

/// One thread holds them all: it sleeps but for slow readers, who are served ten times a second. Its life is
/// connect(), begin(), begin_window(), stop(), each called once, in this order (any of them may be left out),
/// by one thread.
class Bystanders {
 public:
  /// Throws std::system_error.
  explicit Bystanders(const BystanderPlan& plan);
  /// stop().
  ~Bystanders();
  Bystanders(const Bystanders&) = delete;
  Bystanders& operator=(const Bystanders&) = delete;

  /// Starts the thread, and returns when every bystander is as it is meant to be (half-open peers have
  /// vanished) or was lost, at the latest at `deadline_ns` (os::monotonic_ns()): what is not ready by then
  /// has failed. Whether all are there, counts() tells. Throws what made the generator itself fail.
  void connect(std::int64_t deadline_ns);
  /// The load starts: slow readers begin to ask.
  void begin();
  /// The window that is measured begins.
  void begin_window();
  /// Closes all connections, and ends the thread. With slow readers it may take two seconds to find out which
  /// of them the server has dropped.
  void stop();

  // From any thread.

  BystanderCountsByKind counts() const;
  /// CPU time of the thread, as of its last turn.
  std::int64_t cpu_ns() const;
  /// Why the first bystander that was never established was not, or why the thread ended early.
  std::optional<std::string> failure() const;

 private:
  enum Kind : std::size_t { kIdle, kSlowReaders, kHalfOpen, kCrashers, kKinds };

  void run(const std::stop_token& stopping, std::int64_t deadline_ns);
  void connect_all(const std::stop_token& stopping, std::int64_t deadline_ns);
  void hold(const std::stop_token& stopping);
  void tell_begun();
  int tick();
  void turn(int timeout_ms);
  bool all_settled() const;
  void publish(std::int64_t cpu_ns);

  BystanderPlan plan_;
  EventLoop loop_;
  std::vector<std::unique_ptr<Crowd>> crowds_;  // by Kind
  std::promise<void> connected_;
  std::atomic<bool> begun_{false};
  std::atomic<bool> window_begun_{false};
  bool asking_ = false;     // of the thread only
  bool in_window_ = false;  // of the thread only

  mutable std::mutex mutex_;
  BystanderCountsByKind counts_;        // guarded by mutex_
  std::optional<std::string> failure_;  // guarded by mutex_
  std::int64_t cpu_ns_ = 0;             // guarded by mutex_

  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace threadmill::load
