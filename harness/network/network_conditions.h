#pragma once
// What a network between server and load generator does to packets, as a scenario asks for it.

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

namespace threadmill::json {
class StrictObject;
}

namespace threadmill::harness {

/// Of each direction by itself, as each end does it to what it sends: a round trip takes twice the delay, and
/// a request and its answer are lost twice as often as one of them.
struct NetworkConditions {
  std::chrono::microseconds delay{0};  ///< one way
  std::chrono::microseconds jitter{
      0};                   ///< the delay is off by at most that, packet by packet; at most the delay
  double loss_percent = 0;  ///< of the packets, each by itself
  double rate_mbit = 0;     ///< a second, Ethernet headers included; 0: as fast as it goes

  bool changes_anything() const { return delay.count() > 0 || loss_percent > 0 || rate_mbit > 0; }
};

/// How many packets each direction has to be able to hold, so that it loses none but those that it was told
/// to.
std::uint64_t packets_held(const NetworkConditions& conditions);

/// The keys of a scenario's "network".
inline const std::vector<std::string_view> kNetworkKeys = {"delay_ms", "jitter_ms", "loss_percent",
                                                           "rate_mbit"};

/// Reads them. Throws json::JsonError.
NetworkConditions read_network_conditions(const threadmill::json::StrictObject& network);

}  // namespace threadmill::harness
