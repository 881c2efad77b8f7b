#include "loadgen/arrivals.h"

#include <boost/random/uniform_real_distribution.hpp>
#include <cmath>

#include "loadgen/mix.h"

namespace threadmill::load {
namespace {

/// Seeds that differ by little must not give streams that do.
std::uint64_t spread(std::uint64_t seed, std::uint64_t part) { return mix(seed + (part + 1) * kMixStep); }

}  // namespace

Arrivals::Arrivals(ArrivalProcess process, const Rate& rate, std::uint64_t seed, std::uint32_t part,
                   std::uint32_t parts)
    : process_(process), rate_(rate), parts_(parts), count_(part), random_(spread(seed, part)) {
  if (process_ == ArrivalProcess::poisson) count_ = parts_ * distance_(random_);
}

void Arrivals::start(std::int64_t start_ns) noexcept {
  start_ns_ = start_ns;
  due_ns_ = start_ns_ + rate_.time_of_ns(count_);
}

void Arrivals::pop() noexcept {
  count_ += process_ == ArrivalProcess::poisson ? parts_ * distance_(random_) : parts_;
  due_ns_ = start_ns_ + rate_.time_of_ns(count_);
}

ThinkTime::ThinkTime(Distribution distribution, std::int64_t mean_ns, std::uint64_t seed)
    : distribution_(distribution), mean_ns_(static_cast<double>(mean_ns)), random_(spread(seed, 0)) {}

std::int64_t ThinkTime::rest_ns() noexcept {
  if (distribution_ == Distribution::exponential) return next_ns();  // has no memory
  boost::random::uniform_real_distribution<double> share(0, 1);
  return std::llround(share(random_) * mean_ns_);
}

std::int64_t ThinkTime::next_ns() noexcept {
  const double factor = distribution_ == Distribution::constant ? 1 : unit_(random_);
  return std::llround(mean_ns_ * factor);
}

}  // namespace threadmill::load
