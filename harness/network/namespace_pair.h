#pragma once
// Two hosts in one kernel and the line between them.

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "harness/network/network_conditions.h"
#include "harness/network/packet_relay.h"
#include "harness/network/place.h"
#include "harness/process/event_loop.h"
#include "os/descriptor.h"

namespace threadmill::harness {

/// Two network namespaces, each with one end of a veth(4) pair whose packets the kernel's netem delays and
/// loses; where the kernel has none, a PacketRelay between two tun(4) devices does. They have no name, so
/// that the kernel removes them, and the line, with the last descriptor and process of theirs: however this
/// process ends, nothing is left. Fresh ones for each trial have no memory (tcp_metrics) of what the line was
/// like before. Needs root and iproute2. For the thread of the loop.
class NamespacePair {
 public:
  /// Where the server is reached: of the addresses that are for benchmarks of networks (RFC 2544).
  static constexpr const char* kServerAddress = "198.18.0.1";

  /// Throws NetworkError with the remedy, also where a connect is faster than the conditions let it be.
  NamespacePair(EventLoop& loop, const NetworkConditions& conditions);

  /// While this exists.
  Places places() const;

  /// From now on no packet that is sent passes in either direction, while those that are on the way already
  /// still arrive; or as before. Throw NetworkError, cut() also where the
  /// conditions change nothing: then there is nothing that could lose packets. May be called in a handler of
  /// the loop.
  void cut(EventLoop& loop);
  void join(EventLoop& loop);

  /// For the trial's record: what makes the conditions ("netem", "relay", or "nothing" where there are none),
  /// how long connecting took, and what each end has sent, and sent again, up to now.
  nlohmann::json to_json() const;

 private:
  bool join_by_veth(EventLoop& loop, const NetworkConditions& conditions);
  void join_by_relay(EventLoop& loop, const NetworkConditions& conditions);

  NetworkConditions conditions_;
  os::Descriptor server_;
  os::Descriptor generator_;
  std::unique_ptr<PacketRelay> relay_;
  const char* by_ = "nothing";
  std::chrono::microseconds connect_{0};
};

}  // namespace threadmill::harness
