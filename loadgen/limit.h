#pragma once
// What kept a run from being faster.

#include <optional>
#include <string>
#include <string_view>

namespace threadmill::load {

enum class LimitedBy {
  server,     ///< answers waited for the server
  generator,  ///< answers, or requests that were due, waited for the load generator
  schedule,   ///< everything asked for was sent and answered: the schedule set the pace
  none,       ///< neither side was busy: the time it takes there and back set the pace
};
std::string_view to_text(LimitedBy limited_by);

/// What the judgement rests on. Shares are of 1; absent where it is not known.
struct LimitEvidence {
  bool open = false;          ///< an open loop
  bool polls = false;         ///< its threads never sleep: how busy they are says nothing
  bool paced = false;         ///< an open loop, or a closed one with time to think
  double busiest_thread = 0;  ///< of the window: CPU time, and waiting for a CPU
  double starved = 0;         ///< of the window: ready to run, while others had the CPU
  double unread = 0;  ///< of the requests in flight: answered, and not read yet (an estimate); closed loop
  double unsent = 0;  ///< of what was due: never sent
  std::optional<double> send_delay_p99_us;  ///< paced: could have left, and waited for the generator
  std::optional<double> response_p99_us;    ///< paced
  double service_min_us = 0;
  double service_mean_us = 0;
  double in_flight = 1;                 ///< requests, on average
  std::optional<double> server_cpu;     ///< of the CPUs that the server could use; absent: nobody looked
  std::optional<double> server_thread;  ///< of one CPU: the server's busiest thread
};

struct LimitJudgement {
  LimitedBy limited_by;
  std::string reason;  ///< one sentence with the number that decided
};

LimitJudgement judge_limit(const LimitEvidence& evidence);

/// The judgement of one process of several that began so much later than the others; nothing where that is
/// little of its window.
std::optional<LimitJudgement> judge_start(double late_ns, double window_ns);

}  // namespace threadmill::load
