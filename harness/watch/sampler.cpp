#include "harness/watch/sampler.h"

#include <algorithm>

#include "os/clock.h"

namespace threadmill::harness {
namespace {

constexpr std::chrono::nanoseconds kInterval = std::chrono::milliseconds(100);
// One part in so many of the time: 1.8 %. The promise is 2 %; the rest is for being woken up, which the
// sampler cannot see.
constexpr int kShare = 55;
// What a quiet time may save up, so that a crowd which then comes is not looked at in one long go.
constexpr std::int64_t kMostSaved_ns = 50'000'000;

// Measures how long the calling thread computes within a scope, and adds it to `sum`.
class CpuMeter {
 public:
  explicit CpuMeter(std::int64_t& sum) : sum_(sum), start_(os::thread_cpu_ns()) {}
  ~CpuMeter() { sum_ += so_far_ns(); }
  CpuMeter(const CpuMeter&) = delete;
  CpuMeter& operator=(const CpuMeter&) = delete;

  std::int64_t so_far_ns() const { return os::thread_cpu_ns() - start_; }

 private:
  std::int64_t& sum_;
  std::int64_t start_;
};

}  // namespace

Sampler::Sampler(EventLoop& loop, pid_t root) : loop_(loop), root_(root), watch_(root) {}

void Sampler::at_gate(const std::string& gate) {
  const CpuMeter meter(own_cpu_ns_);
  timer_.reset();
  auto snapshot = take_snapshot(root_);
  compare_threads(last_, snapshot);
  window_cpu_ns_ = snapshot.point.cpu_ns - last_.point.cpu_ns;
  see_pss(snapshot.pss_bytes);
  pss_cost_per_process_ns_ = snapshot.pss_cost_ns / std::max<std::int64_t>(snapshot.point.processes, 1);
  gates_[gate] = last_ = std::move(snapshot);
  if (gate != "measured") restart_series();
}

void Sampler::restart_series() {
  series_.clear();
  watch_.restart(last_);
  own_window_cpu_ns_ = 0;
  budget_ns_ = 0;
  last_tick_ = EventLoop::Clock::now();
  due_ = last_tick_ + kInterval;
  timer_ = loop_.repeat(kInterval, [this] { return tick(); });
}

// A tick that comes late does not delay those after it; what is a whole interval late is left out.
EventLoop::Clock::duration Sampler::tick() {
  const auto now = EventLoop::Clock::now();
  budget_ns_ += std::chrono::nanoseconds(now - last_tick_).count() / kShare;
  budget_ns_ = std::min(budget_ns_, kMostSaved_ns);
  last_tick_ = now;
  std::int64_t cost_ns = 0;
  {
    const CpuMeter meter(cost_ns);
    take_light_sample();
  }
  own_cpu_ns_ += cost_ns;
  own_window_cpu_ns_ += cost_ns;
  budget_ns_ -= cost_ns;
  due_ += kInterval;
  const auto affordable = now + std::chrono::nanoseconds(std::max<std::int64_t>(-budget_ns_, 0) * kShare);
  while (due_ <= now || due_ + kInterval / 2 < affordable) due_ += kInterval;
  return due_ - EventLoop::Clock::now();
}

void Sampler::take_light_sample() {
  std::int64_t cost_ns = 0;
  const CpuMeter meter(cost_ns);
  nlohmann::json point = watch_.point();
  const auto clocks_cost_ns = meter.so_far_ns();
  if (can_pay_for_pss()) {
    const auto bytes = pss_bytes(watch_.processes());
    point["pss_bytes"] = bytes;
    see_pss(bytes);
  }
  series_.push_back(std::move(point));
  watch_.visit_some(budget_ns_ - meter.so_far_ns() - clocks_cost_ns);  // the next point comes first
}

// Adding up shared pages walks every page table of the tree, which also holds up the processes: only where it
// will be cheap, whatever has been saved up.
bool Sampler::can_pay_for_pss() const {
  const auto cost_ns = pss_cost_per_process_ns_ * static_cast<std::int64_t>(watch_.processes().size());
  return cost_ns < std::min<std::int64_t>(budget_ns_, kInterval.count() / kShare);
}

void Sampler::see_pss(std::int64_t bytes) { pss_peak_bytes_ = std::max(pss_peak_bytes_, bytes); }

nlohmann::json Sampler::to_json() const {
  return {{"gates", gates_},
          {"series", series_},
          {"pss_peak_bytes", pss_peak_bytes_},
          {"sampler_cpu_ns", own_cpu_ns_},
          {"sampler_window_cpu_ns", own_window_cpu_ns_}};
}

}  // namespace threadmill::harness
