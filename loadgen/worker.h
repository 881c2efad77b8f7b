#pragma once
// The life of one generator thread.

#include <barrier>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "loadgen/engine.h"
#include "loadgen/first_reply.h"
#include "loadgen/plan.h"
#include "loadgen/pubsub_shared.h"
#include "loadgen/reply_format.h"
#include "loadgen/report.h"
#include "loadgen/run.h"
#include "loadgen/run_state.h"

namespace threadmill::load {

/// What all workers of a run have in common. They must outlive the threads.
struct WorkerContext {
  WorkerContext(const Plan& the_plan, ThreadRange the_range, RecordFile* record);

  const Plan& plan;
  const ThreadRange range;
  RunState state;
  WarmupWatch warmup;
  PubsubShared pubsub;
  FirstReply first_reply;           ///< of drivers resp and http
  std::int64_t phase_start_ns = 0;  ///< set when a gate is passed, while the workers wait
  std::barrier<> gates;             ///< workers and the thread that passes the gates: twice for each gate
  std::barrier<> together;          ///< workers only
};

/// How many connections a thread of the plan has.
std::size_t connections_of_thread(const Plan& plan, std::size_t thread);

/// Runs the phases of the plan. Whatever fails in it fails the run, and the thread still meets every barrier.
class Worker {
 public:
  Worker(WorkerContext& context, std::size_t thread)
      : context_(context), plan_(context.plan), thread_(thread) {}

  /// In a thread of its own.
  void run();

  // After run() has returned.
  const Totals& totals() const { return totals_; }
  const ThreadUse& use() const { return use_; }
  std::int64_t window_start_ns() const { return window_start_ns_; }

 private:
  void set_up();
  std::unique_ptr<Driver> make_driver();
  std::unique_ptr<Driver> make_reply_driver(std::unique_ptr<ReplyFormat> format);
  void run_from_connect();
  void run_from_connected();
  void warm_up();
  void load(const Phase& phase, WarmupWatch* watch = nullptr);
  void begin_window();
  void end_window();
  void pause_at_gate();
  Phase measured_phase() const;

  template <typename Step>
  void guarded(Step&& step);

  WorkerContext& context_;
  const Plan& plan_;
  std::size_t thread_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Driver> driver_;
  Totals totals_;
  ThreadUse use_;
  std::int64_t window_start_ns_ = 0;
  std::int64_t cpu_at_start_ns_ = 0;
  std::int64_t run_delay_at_start_ns_ = 0;
};

}  // namespace threadmill::load
