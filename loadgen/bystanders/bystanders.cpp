#include "loadgen/bystanders/bystanders.h"

#include <algorithm>
#include <exception>

#include "loadgen/bystanders/crashers.h"
#include "loadgen/bystanders/half_open.h"
#include "loadgen/bystanders/idle.h"
#include "loadgen/bystanders/slow_readers.h"
#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr int kTokenBits = 32;
constexpr int kDeadlineCheckMs = 50;

}  // namespace

Bystanders::Bystanders(const BystanderPlan& plan) : plan_(plan) {
  const BystanderLoad& load = plan.load;
  const auto place = [this](Kind kind, std::uint32_t first_number) {
    return CrowdPlace{loop_, plan_.target, std::uint64_t{kind} << kTokenBits, first_number};
  };
  const std::uint32_t slow_readers = plan.first_number + load.idle;
  const std::uint32_t half_open = slow_readers + load.slow_readers;
  crowds_.push_back(std::make_unique<Idle>(place(kIdle, plan.first_number), load.idle));
  crowds_.push_back(std::make_unique<SlowReaders>(place(kSlowReaders, slow_readers), load.slow_readers,
                                                  load.slow_reader_bytes_per_s, plan.script));
  crowds_.push_back(std::make_unique<HalfOpen>(place(kHalfOpen, half_open), load.half_open, plan.script));
  crowds_.push_back(std::make_unique<Crashers>(place(kCrashers, half_open + load.half_open), load.crashers,
                                               plan.crash_after_ns));
  publish(0);
}

Bystanders::~Bystanders() { stop(); }

void Bystanders::connect(std::int64_t deadline_ns) {
  auto connected = connected_.get_future();
  thread_ =
      std::jthread([this, deadline_ns](const std::stop_token& stopping) { run(stopping, deadline_ns); });
  connected.get();
}

void Bystanders::begin() {
  begun_ = true;
  loop_.wake();
}

void Bystanders::begin_window() {
  window_begun_ = true;
  loop_.wake();
}

void Bystanders::stop() {
  thread_.request_stop();
  loop_.wake();
  if (thread_.joinable()) thread_.join();
  crowds_.clear();
}

void Bystanders::run(const std::stop_token& stopping, std::int64_t deadline_ns) {
  try {
    os::pin_this_thread(plan_.cpus);
    connect_all(stopping, deadline_ns);
    publish(os::thread_cpu_ns());
  } catch (...) {
    connected_.set_exception(std::current_exception());
    return;
  }
  connected_.set_value();
  try {
    hold(stopping);
  } catch (const std::exception& error) {
    const std::lock_guard lock(mutex_);
    failure_ = error.what();
  }
}

void Bystanders::connect_all(const std::stop_token& stopping, std::int64_t deadline_ns) {
  for (;;) {
    for (const auto& crowd : crowds_) crowd->connect_more();
    const int due_ms = tick();
    if (all_settled() || stopping.stop_requested() || os::monotonic_ns() >= deadline_ns) break;
    turn(due_ms < 0 ? kDeadlineCheckMs : std::min(due_ms, kDeadlineCheckMs));
  }
  for (const auto& crowd : crowds_) crowd->give_up();
}

void Bystanders::hold(const std::stop_token& stopping) {
  while (!stopping.stop_requested()) {
    const int due_ms = tick();
    publish(os::thread_cpu_ns());
    turn(due_ms);
    tell_begun();
  }
  turn(0);  // whom the server had dropped by now, it has dropped
  for (const auto& crowd : crowds_) crowd->finish();
  publish(os::thread_cpu_ns());
}

/// What the run's thread has said since the last turn.
void Bystanders::tell_begun() {
  if (begun_ && !asking_) {
    asking_ = true;
    for (const auto& crowd : crowds_) crowd->begin(os::monotonic_ns());
  }
  if (window_begun_ && !in_window_) {
    in_window_ = true;
    for (const auto& crowd : crowds_) crowd->begin_window(os::monotonic_ns());
  }
}

/// Returns when it is to be called again; -1: when something happens.
int Bystanders::tick() {
  const std::int64_t now = os::monotonic_ns();
  int soonest = -1;
  for (const auto& crowd : crowds_) {
    const int due_ms = crowd->tick(now);
    if (due_ms >= 0) soonest = soonest < 0 ? due_ms : std::min(soonest, due_ms);
  }
  return soonest;
}

void Bystanders::turn(int timeout_ms) {
  for (const auto& event : loop_.wait(std::int64_t{timeout_ms} * 1'000'000)) {
    if (event.data.u64 == EventLoop::kWakeToken) continue;
    const auto kind = static_cast<std::size_t>(event.data.u64 >> kTokenBits);
    crowds_[kind]->handle(static_cast<std::uint32_t>(event.data.u64), event.events);
  }
}

bool Bystanders::all_settled() const {
  return std::all_of(crowds_.begin(), crowds_.end(), [](const auto& crowd) { return crowd->settled(); });
}

void Bystanders::publish(std::int64_t cpu_ns) {
  const std::lock_guard lock(mutex_);
  counts_ = {crowds_[kIdle]->counts(), crowds_[kSlowReaders]->counts(), crowds_[kHalfOpen]->counts(),
             crowds_[kCrashers]->counts()};
  cpu_ns_ = cpu_ns;
  for (const auto& crowd : crowds_) {
    if (!failure_ && !crowd->first_failure().empty()) failure_ = crowd->first_failure();
  }
}

BystanderCountsByKind Bystanders::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::int64_t Bystanders::cpu_ns() const {
  const std::lock_guard lock(mutex_);
  return cpu_ns_;
}

std::optional<std::string> Bystanders::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace threadmill::load
