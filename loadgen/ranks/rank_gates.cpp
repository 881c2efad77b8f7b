#include "loadgen/ranks/rank_gates.h"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "os/clock.h"

namespace threadmill::load {
namespace {

// Longer than it takes to tell all ranks when.
constexpr std::int64_t kNoticeNs = 20'000'000;

void sleep_until(std::int64_t when_ns) {
  std::this_thread::sleep_for(std::chrono::nanoseconds(when_ns - os::monotonic_ns()));
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
  sleep_until(start_ns + clock_.ahead_ns);
}

void RankGates::end(bool failed) {
  while (left_ > 0) meet(failed);
}

std::size_t RankGates::meet(bool failed) {
  --left_;
  return world_.first_that(failed);
}

}  // namespace threadmill::load
