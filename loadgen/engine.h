#pragma once
// One generator thread's connections and event loop, whatever the protocol.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "loadgen/continuity.h"
#include "loadgen/counters.h"
#include "loadgen/delivery_latency.h"
#include "loadgen/driver.h"
#include "loadgen/event_loop.h"
#include "loadgen/histogram.h"
#include "loadgen/plan.h"
#include "loadgen/run_state.h"
#include "loadgen/time_series.h"
#include "loadgen/warmup_watch.h"
#include "os/clock.h"
#include "os/descriptor.h"

namespace threadmill::load {

/// What one thread counted. Errors, integrity, losses and established are of the whole run, the rest of the
/// window.
struct Totals {
  Errors errors;
  Integrity integrity;
  Losses losses;
  std::uint64_t established = 0;
  Bytes bytes;
  std::int64_t deadline_ns =
      std::numeric_limits<std::int64_t>::max();  ///< of sending; what comes later is drained
  std::uint64_t completed = 0;
  std::uint64_t completed_in_time = 0;  ///< by the deadline
  std::uint64_t unsent = 0;             ///< due in an open loop, and never sent
  std::uint64_t deliveries = 0;
  std::uint64_t deliveries_in_time = 0;
  std::int64_t last_completion_ns = 0;
  Histogram service_time;   ///< actual send -> answer
  Histogram response_time;  ///< intended send -> answer; of paced requests
  Histogram slip;           ///< intended -> actual send; of paced requests
  Histogram send_delay;     ///< could have left -> actual send: the generator's own part of the slip
  DeliveryLatency delivery;
  Histogram connect_time;
  // From now on, so that a warm-up does not have a second for each second since the machine was started.
  TimeSeries service_series{os::monotonic_ns()};
  TimeSeries response_series{os::monotonic_ns()};  ///< of paced requests
  Readiness readiness;
  Backlog backlog;
  Continuity continuity;  ///< of the whole run; where messages are followed singly

  /// Forgets what was counted before the window, which begins at `now_ns`.
  void begin_window(std::int64_t now_ns);
  /// Counts one error of a kind.
  void count_error(std::uint64_t Errors::*kind) {
    ++(errors.*kind);
    const std::int64_t now_ns = os::monotonic_ns();
    service_series.record_error(now_ns);
    response_series.record_error(now_ns);  // reported where the run is paced
  }
  /// Counts a request that was due in a paced phase and had not left by its end, with the time that it
  /// has waited until then: its response time is no less. It counts in the phase's last second.
  void count_unsent(std::int64_t phase_end_ns, std::int64_t due_ns) {
    ++unsent;
    response_time.record(phase_end_ns - due_ns);
    response_series.record(phase_end_ns - 1, phase_end_ns - due_ns);
  }
  void count_completed(std::int64_t now_ns, std::int64_t service_ns) {
    ++completed;
    completed_in_time += now_ns <= deadline_ns ? 1 : 0;
    last_completion_ns = now_ns;
    service_time.record(service_ns);
    service_series.record(now_ns, service_ns);
  }
  /// A completed request that had a due time of its own.
  void count_paced(std::int64_t now_ns, std::int64_t due_ns, std::int64_t sent_ns) {
    response_time.record(now_ns - due_ns);
    response_series.record(now_ns, now_ns - due_ns);
    slip.record(sent_ns - due_ns);
  }
  void count_deliveries(std::int64_t now_ns, std::uint64_t count = 1) noexcept {
    deliveries += count;
    deliveries_in_time += now_ns <= deadline_ns ? count : 0;
  }
};

/// How a connection was lost.
enum class Loss { closed, reset, protocol };

/// Everything in the thread that runs it.
class Engine {
 public:
  /// For thread `thread` of the plan's, with `connections` of its own. Throws std::system_error.
  Engine(const Plan& plan, RunState& state, std::size_t thread, std::size_t connections);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Connects, and returns when every connection is ready or the run has failed.
  void connect(Driver& driver);
  /// Runs a phase that the driver has begun; returns when it is finished or the run has failed. `connecting`:
  /// connects meanwhile.
  /// `watch`: the driver stops sending when the rate is steady.
  void run(Driver& driver, bool connecting = false, WarmupWatch* watch = nullptr);

  Totals& totals() noexcept { return totals_; }

  // For drivers.

  /// Receives at most `room` bytes. 0: nothing there, or the connection was lost (and counted).
  std::size_t receive(std::size_t connection, char* to, std::size_t room);
  /// Sends what the socket takes. If that is less than `size`, Driver::on_writable() follows, unless the
  /// connection was lost (and counted).
  std::size_t send(std::size_t connection, const char* bytes, std::size_t size);
  /// The connection can carry load.
  void ready(std::size_t connection);
  bool is_ready(std::size_t connection) const noexcept { return links_[connection].stage == Stage::ready; }
  bool is_open(std::size_t connection) const noexcept { return links_[connection].stage != Stage::gone; }
  /// It was lost, and its client has not returned yet (Plan::lost_clients_return).
  bool is_away(std::size_t connection) const noexcept {
    return may_return_ && lost_at_ns_[connection] != 0 && !is_ready(connection);
  }
  /// The client of a connection that was lost has an answer again. Cheap where it was not.
  void note_answer(std::size_t connection, std::int64_t now_ns) {
    if (may_return_ && lost_at_ns_[connection] != 0) [[unlikely]]
      count_return(connection, now_ns);
  }
  /// Leaves a connection that is ready and makes another in its place: Driver::on_connected() follows.
  void reconnect(std::size_t connection);
  /// Closes a connection that is ready, for reconnect() to make anew. False where it was not ready.
  bool hang_up(std::size_t connection);
  /// Gives a connection up: counted by kind, and the run fails for `reason`.
  void lose(std::size_t connection, Loss loss, const std::string& reason);
  RunState& state() noexcept { return state_; }

 private:
  enum class Stage : std::uint8_t { waiting, connecting, greeting, ready, gone };
  struct Link {
    os::Descriptor fd;
    Stage stage = Stage::waiting;
    bool was_ready = false;
  };

  void begin_connects();
  void begin_connect_of(std::size_t connection, std::uint64_t number);
  void finish_connect(std::size_t connection);
  void connect_failed(std::size_t connection, int error);
  void handle(std::size_t connection, std::uint32_t events);
  void turn();
  std::int64_t timeout_ns();
  std::uint64_t progress_count() const noexcept;
  void check_idle();
  void check_reconnects();
  void count_answers(std::size_t events, std::uint64_t answered_before);
  void take_backlog();
  void give_up_connecting();
  void leave(std::size_t connection);
  void send_away(std::size_t connection);
  void bring_back();
  void count_return(std::size_t connection, std::int64_t now_ns);
  bool all_decided() const noexcept { return ready_ + unready_gone_ == links_.size(); }
  bool failing_drain_over();

  const Plan& plan_;
  RunState& state_;
  std::size_t thread_;
  EventLoop loop_;
  std::vector<Link> links_;
  std::vector<std::int64_t> connect_began_ns_;
  bool may_return_;                       // clients that are lost return
  std::vector<std::int64_t> lost_at_ns_;  // of clients that have no answer since; 0: none
  std::vector<bool> was_lost_;            // at least once
  std::vector<std::size_t> away_;         // lost, and not being connected
  bool refuses_ = false;                  // the last attempt failed
  std::int64_t next_return_ns_ = 0;       // when they are tried next
  Driver* driver_ = nullptr;
  Totals totals_;
  std::size_t next_connect_ = 0;
  std::size_t pending_ = 0;       // connecting
  std::size_t ready_ = 0;         // became ready, ever
  std::size_t unready_gone_ = 0;  // gone before they were ready
  std::size_t open_ = 0;          // connecting, greeting or ready
  std::string first_connect_failure_;
  std::int64_t now_ns_ = 0;
  std::int64_t last_event_ns_ = 0;
  std::int64_t next_reconnect_check_ns_ = 0;
  bool backlog_taken_ = false;
  std::uint64_t progress_ = 0;          // progress_count() of the last turn
  std::int64_t drain_deadline_ns_ = 0;  // of a failed run; 0: not failed yet
};

}  // namespace threadmill::load
