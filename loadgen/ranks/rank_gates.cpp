#include "loadgen/ranks/rank_gates.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "os/clock.h"

namespace threadmill::load {
namespace {

// Longer than it takes to tell all ranks when, as a rule; whom it reaches later is late, and says so.
constexpr std::int64_t kNoticeNs = 20'000'000;

/// Returns how late it was already, or 0.
std::int64_t sleep_until(std::int64_t when_ns) {
  const std::int64_t left_ns = when_ns - os::monotonic_ns();
  std::this_thread::sleep_for(std::chrono::nanoseconds(left_ns));
  return std::max<std::int64_t>(0, -left_ns);
}

}  // namespace

void RankGates::pass(std::string_view name) {
  const std::size_t failed = meet(false);
  if (failed < world_.size()) {
    ended_by_ = failed;
    throw std::runtime_error(fmt::format("rank {} has failed", failed));
  }
  if (world_.first() && inner_) inner_(name);
  const std::int64_t start_ns = world_.broadcast(os::monotonic_ns() + kNoticeNs);
  const std::int64_t late_ns = sleep_until(start_ns + clock_.ahead_ns);
  const bool is_last = left_ == 0;  // behind which nothing is measured
  if (!is_last) late_ns_ = std::max(late_ns_, late_ns);
}

void RankGates::end(bool failed) {
  while (left_ > 0) meet(failed);
}

std::size_t RankGates::meet(bool failed) {
  --left_;
  return world_.first_that(failed);
}

}  // namespace threadmill::load
