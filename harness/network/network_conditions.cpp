#include "harness/network/network_conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json/strict_object.h"

namespace threadmill::harness {
namespace {

// A round trip of two seconds, and a packet in two lost, are past what connecting has patience for
// (timeouts).
constexpr double kMostDelay_ms = 1000;
constexpr double kMostLoss_percent = 50;
constexpr double kLeastRate_mbit = 0.01;
constexpr double kMostRate_mbit = 100'000;

// An acknowledgement without data: headers of Ethernet, IPv4 and TCP with its timestamps.
constexpr double kSmallestPacket_bits = 8 * (14 + 20 + 32);
// What two namespaces pass on at the very most, where no rate is asked for.
constexpr double kFastest_mbit = 10'000;
// Of what waits for its turn at a rate. TCP fills any queue that does not drop; this one drops nothing, for
// which packet would be lost, and when, is then up to the size of the queue, which nobody asked about. What
// is in it is charged to the buffers of the sockets that sent it, which bounds its memory.
constexpr double kLongestQueue_s = 1;
constexpr std::uint64_t kFewestPackets = 1000;  // netem's default

double seconds(std::chrono::microseconds time) { return std::chrono::duration<double>(time).count(); }

std::chrono::microseconds of_ms(double ms) { return std::chrono::microseconds(std::llround(ms * 1000)); }

}  // namespace

std::uint64_t packets_held(const NetworkConditions& conditions) {
  const bool has_rate = conditions.rate_mbit > 0;
  const double held_s = seconds(conditions.delay + conditions.jitter) + (has_rate ? kLongestQueue_s : 0);
  const double bits = (has_rate ? conditions.rate_mbit : kFastest_mbit) * 1e6 * held_s;
  return std::max(kFewestPackets, static_cast<std::uint64_t>(bits / kSmallestPacket_bits));
}

NetworkConditions read_network_conditions(const threadmill::json::StrictObject& network) {
  NetworkConditions conditions;
  conditions.delay = of_ms(network.number("delay_ms", 0, kMostDelay_ms, 0));
  conditions.jitter = of_ms(network.number("jitter_ms", 0, kMostDelay_ms, 0));
  conditions.loss_percent = network.number("loss_percent", 0, kMostLoss_percent, 0);
  if (network.has("rate_mbit"))
    conditions.rate_mbit = network.number("rate_mbit", kLeastRate_mbit, kMostRate_mbit);
  if (conditions.jitter > conditions.delay)
    network.fail("jitter_ms", "must not be above \"delay_ms\": no packet arrives before it was sent");
  return conditions;
}

}  // namespace threadmill::harness
