#include "loadgen/worker.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <exception>

#include "loadgen/echo_driver.h"
#include "loadgen/followed_pubsub.h"
#include "loadgen/pubsub_driver.h"
#include "loadgen/reply_driver.h"
#include "os/clock.h"
#include "os/cpu_set.h"

namespace threadmill::load {
namespace {

/// CPUs are dealt to the threads of this process; where there are fewer CPUs than threads, they share.
os::CpuSet cpus_of(const Plan& plan, ThreadRange range, std::size_t thread) {
  os::CpuSet mine;
  const std::size_t count = plan.cpus.size();
  const std::size_t place = thread - range.first;
  for (std::size_t i = place; i < count; i += range.count) mine.push_back(plan.cpus[i]);
  if (mine.empty() && count > 0) mine.push_back(plan.cpus[place % count]);
  return mine;
}

std::int64_t to_ns(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_usec} * 1000;
}

Phase phase_of(std::int64_t start_ns, double seconds) {
  return {.start_ns = start_ns, .deadline_ns = start_ns + static_cast<std::int64_t>(seconds * 1e9)};
}

}  // namespace

std::size_t connections_of_thread(const Plan& plan, std::size_t thread) {
  return plan.is_pubsub() ? PubsubDriver::connections_of(plan, thread)
                          : RequestDriver::connections_of(plan, thread);
}

WorkerContext::WorkerContext(const Plan& the_plan, ThreadRange the_range, RecordFile* record)
    : plan(the_plan),
      range(the_range),
      state(the_plan.threads),
      warmup(state, the_range.first),
      pubsub(the_plan, record),
      gates(static_cast<std::ptrdiff_t>(the_range.count) + 1),
      together(static_cast<std::ptrdiff_t>(the_range.count)) {}

template <typename Step>
void Worker::guarded(Step&& step) {
  if (context_.state.failed()) return;
  try {
    step();
  } catch (const std::exception& error) {
    context_.state.fail(fmt::format("the load generator failed: {}", error.what()));
  }
}

void Worker::run() {
  guarded([this] { set_up(); });
  pause_at_gate();  // start
  if (plan_.measure_from == MeasureFrom::connect) {
    run_from_connect();
  } else {
    run_from_connected();
  }
  pause_at_gate();  // measured
  // Nothing is in flight in any thread any more, so what has not arrived never will.
  if (driver_) driver_->close_books(context_.state.stalled());
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  use_.user_ns = to_ns(usage.ru_utime);
  use_.system_ns = to_ns(usage.ru_stime);
  if (engine_) totals_ = std::move(engine_->totals());
  context_.together.arrive_and_wait();  // until then others may still wake this thread's loop
  driver_.reset();
  engine_.reset();
}

void Worker::set_up() {
  use_.cpus = cpus_of(plan_, context_.range, thread_);
  os::pin_this_thread(use_.cpus);
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // ns; the kernel would wake a waiting thread up to 50 us late
  engine_ = std::make_unique<Engine>(plan_, context_.state, thread_, connections_of_thread(plan_, thread_));
  driver_ = make_driver();
}

std::unique_ptr<Driver> Worker::make_driver() {
  switch (plan_.driver) {
    case DriverKind::pubsub:
      if (plan_.follows_messages()) return std::make_unique<FollowedPubsub>(plan_, *engine_);
      return std::make_unique<PubsubDriver>(plan_, thread_, *engine_, context_.pubsub);
    case DriverKind::resp:
      return make_reply_driver(resp_format(plan_.requests.command));
    case DriverKind::http:
      return make_reply_driver(http_format(plan_.target, plan_.requests.path));
    case DriverKind::echo:
      break;
  }
  return std::make_unique<EchoDriver>(plan_, thread_, *engine_);
}

std::unique_ptr<Driver> Worker::make_reply_driver(std::unique_ptr<ReplyFormat> format) {
  return std::make_unique<ReplyDriver>(plan_, thread_, *engine_, context_.first_reply, std::move(format));
}

void Worker::run_from_connect() {
  const bool sends_meanwhile = !plan_.is_pubsub();
  guarded([&] {
    begin_window();
    if (!sends_meanwhile) engine_->connect(*driver_);
  });
  // Nobody publishes before every subscriber, in every thread, is subscribed.
  if (!sends_meanwhile) context_.together.arrive_and_wait();
  guarded([&] {
    driver_->begin(measured_phase());
    engine_->run(*driver_, sends_meanwhile);
  });
  end_window();
}

void Worker::run_from_connected() {
  guarded([this] { engine_->connect(*driver_); });
  pause_at_gate();  // connected
  if (!plan_.stop.messages) {
    if (plan_.stop.warmup_s > 0) guarded([this] { warm_up(); });
    pause_at_gate();  // warm
  }
  guarded([this] {
    begin_window();
    const Phase phase = measured_phase();
    engine_->totals().deadline_ns = phase.deadline_ns;
    load(phase);
  });
  end_window();
}

void Worker::warm_up() {
  Phase phase = phase_of(context_.phase_start_ns, plan_.stop.warmup_s);
  phase.warmup = true;
  if (thread_ == context_.range.first) context_.warmup.start(phase.start_ns);
  load(phase, plan_.stop.steady ? &context_.warmup : nullptr);
}

void Worker::load(const Phase& phase, WarmupWatch* watch) {
  driver_->begin(phase);
  engine_->run(*driver_, false, watch);
}

Phase Worker::measured_phase() const {
  if (plan_.stop.messages) return {.start_ns = window_start_ns_, .messages = *plan_.stop.messages};
  return phase_of(window_start_ns_, plan_.stop.duration_s);
}

void Worker::begin_window() {
  window_start_ns_ = context_.phase_start_ns;
  engine_->totals().begin_window(window_start_ns_);
  cpu_at_start_ns_ = os::thread_cpu_ns();
  run_delay_at_start_ns_ = os::thread_run_delay_ns().value_or(0);
}

void Worker::end_window() {
  if (window_start_ns_ == 0) return;
  use_.window_cpu_ns = os::thread_cpu_ns() - cpu_at_start_ns_;
  if (const auto delay_ns = os::thread_run_delay_ns())
    use_.window_run_delay_ns = *delay_ns - run_delay_at_start_ns_;
}

void Worker::pause_at_gate() {
  context_.gates.arrive_and_wait();  // all have come to rest
  context_.gates.arrive_and_wait();  // the gate was passed
}

}  // namespace threadmill::load
