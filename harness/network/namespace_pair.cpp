#include "harness/network/namespace_pair.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/network/connect_time.h"
#include "harness/network/netem.h"
#include "harness/network/network_error.h"
#include "harness/network/network_tool.h"
#include "harness/network/segment_counts.h"
#include "harness/network/unnamed_namespace.h"

namespace threadmill::harness {
namespace {

constexpr const char* kDevice = "line";  // the same in both
constexpr const char* kGeneratorAddress = "198.18.0.2";
constexpr const char* kPrefix = "/30";
// Locally administered.
constexpr const char* kServerMac = "02:00:00:00:00:01";
constexpr const char* kGeneratorMac = "02:00:00:00:00:02";

/// What follows `ip link set dev line up` at either end of a veth pair: TCP is to send segments one by one,
/// or netem would delay and lose up to 64 KiB as if it was one packet.
const std::vector<std::string> kOneSegmentAtATime = {"gso_max_segs", "1"};
/// The same of a tun device: it drops what is above that while the relay waits for a CPU.
const std::vector<std::string> kLongQueue = {"txqueuelen", "100000"};

void set_up(EventLoop& loop, const Place& place, const std::vector<std::string>& how) {
  const auto run = [&](const std::vector<std::string>& words) {
    run_network_tool(loop, place.network_namespace, words);
  };
  run({"ip", "link", "set", "dev", "lo", "up"});
  run({"ip", "address", "add", place.address + kPrefix, "dev", kDevice});
  std::vector<std::string> up = {"ip", "link", "set", "dev", kDevice, "up"};
  up.insert(up.end(), how.begin(), how.end());
  run(up);
}

// Instead of ARP, of which a question that is lost holds up the first packets for a second.
void introduce(EventLoop& loop, const Place& place, const Place& peer, const char* peer_mac) {
  run_network_tool(
      loop, place.network_namespace,
      {"ip", "neigh", "add", peer.address, "lladdr", peer_mac, "dev", kDevice, "nud", "permanent"});
}

/// The fastest of a few connects with as little delay as the jitter may make it.
std::chrono::microseconds least_connect(const NetworkConditions& conditions) {
  return 2 * (conditions.delay - conditions.jitter);
}

}  // namespace

NamespacePair::NamespacePair(EventLoop& loop, const NetworkConditions& conditions)
    : conditions_(conditions), server_(make_unnamed_namespace()), generator_(make_unnamed_namespace()) {
  if (!join_by_veth(loop, conditions)) join_by_relay(loop, conditions);
  connect_ = fastest_connect(places());
  if (connect_ < least_connect(conditions)) {
    throw NetworkError(
        fmt::format("a connect took {} us where the network's delay lets none be faster than {} us",
                    connect_.count(), least_connect(conditions).count()));
  }
}

bool NamespacePair::join_by_veth(EventLoop& loop, const NetworkConditions& conditions) {
  run_network_tool(loop, server_.get(),
                   {"ip", "link", "add", kDevice, "address", kServerMac, "type", "veth", "peer", "name",
                    kDevice, "address", kGeneratorMac, "netns", path_of_namespace(generator_)});
  const auto has_netem = [&](const os::Descriptor& end) {
    return try_add_netem(loop, end.get(), kDevice, conditions);
  };
  if (conditions.changes_anything()) {
    by_ = "netem";
    if (!has_netem(server_) || !has_netem(generator_)) {
      run_network_tool(loop, server_.get(), {"ip", "link", "delete", kDevice});
      return false;
    }
  }
  const auto [server, generator] = places();
  set_up(loop, server, kOneSegmentAtATime);
  set_up(loop, generator, kOneSegmentAtATime);
  introduce(loop, server, generator, kGeneratorMac);
  introduce(loop, generator, server, kServerMac);
  return true;
}

void NamespacePair::join_by_relay(EventLoop& loop, const NetworkConditions& conditions) {
  by_ = "relay";
  relay_ = std::make_unique<PacketRelay>(server_.get(), generator_.get(), kDevice, conditions);
  const auto [server, generator] = places();
  set_up(loop, server, kLongQueue);
  set_up(loop, generator, kLongQueue);
}

Places NamespacePair::places() const {
  return {{kServerAddress, server_.get()}, {kGeneratorAddress, generator_.get()}};
}

void NamespacePair::cut(EventLoop& loop) {
  if (!conditions_.changes_anything())
    throw NetworkError("there is nothing on the line that could lose packets; give the network a delay");
  if (relay_) return relay_->cut(true);
  cut_with_netem(loop, server_.get(), kDevice);
  cut_with_netem(loop, generator_.get(), kDevice);
}

void NamespacePair::join(EventLoop& loop) {
  if (relay_) return relay_->cut(false);
  join_with_netem(loop, server_.get(), kDevice, conditions_);
  join_with_netem(loop, generator_.get(), kDevice, conditions_);
}

nlohmann::json NamespacePair::to_json() const {
  return {{"by", by_},
          {"connect_us", connect_.count()},
          {"server", to_json_of(count_segments(server_.get()))},
          {"generator", to_json_of(count_segments(generator_.get()))}};
}

}  // namespace threadmill::harness
