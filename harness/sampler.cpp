#include "harness/sampler.h"

#include <algorithm>

#include "os/clock.h"

namespace threadmill::harness {
namespace {

constexpr std::chrono::nanoseconds kInterval = std::chrono::milliseconds(100);
constexpr int kMostShare = 50;  // one part in fifty of the time: 2 %

// Measures how long the calling thread computes within a scope, and adds it to `sum`.
class CpuMeter {
 public:
  explicit CpuMeter(std::int64_t& sum) : sum_(sum), start_(os::thread_cpu_ns()) {}
  ~CpuMeter() { sum_ += os::thread_cpu_ns() - start_; }
  CpuMeter(const CpuMeter&) = delete;
  CpuMeter& operator=(const CpuMeter&) = delete;

 private:
  std::int64_t& sum_;
  std::int64_t start_;
};

}  // namespace

Sampler::Sampler(EventLoop& loop, pid_t root) : loop_(loop), root_(root) {}

void Sampler::at_gate(const std::string& gate) {
  const CpuMeter meter(own_cpu_ns_);
  timer_.reset();
  const auto& snapshot = gates_[gate] = take_snapshot(root_);
  see_pss(snapshot.pss_bytes);
  pss_cost_per_process_ns_ = snapshot.pss_cost_ns / std::max<std::int64_t>(snapshot.point.processes, 1);
  if (gate == "measured") return;
  series_.clear();
  timer_ = loop_.repeat(kInterval, [this] { return take_light_sample(); });
}

EventLoop::Clock::duration Sampler::take_light_sample() {
  std::int64_t cost_ns = 0;
  {
    const CpuMeter meter(cost_ns);
    const auto tree = process_tree(root_);
    nlohmann::json point = take_point(tree);
    // Adding up shared pages walks every page table of the tree: only where it will be cheap.
    if (pss_cost_per_process_ns_ * static_cast<std::int64_t>(tree.size()) < kInterval.count() / kMostShare) {
      const auto bytes = pss_bytes(tree);
      point["pss_bytes"] = bytes;
      see_pss(bytes);
    }
    series_.push_back(std::move(point));
  }
  own_cpu_ns_ += cost_ns;
  return std::max(kInterval, std::chrono::nanoseconds(cost_ns * kMostShare));
}

void Sampler::see_pss(std::int64_t bytes) { pss_peak_bytes_ = std::max(pss_peak_bytes_, bytes); }

nlohmann::json Sampler::to_json() const {
  return {{"gates", gates_},
          {"series", series_},
          {"pss_peak_bytes", pss_peak_bytes_},
          {"sampler_cpu_ns", own_cpu_ns_}};
}

}  // namespace threadmill::harness
