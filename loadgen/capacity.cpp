#include "loadgen/capacity.h"

#include <fmt/format.h>

#include "loadgen/connect.h"
#include "loadgen/memory_estimate.h"
#include "os/descriptor_limit.h"
#include "os/local_ports.h"

namespace threadmill::load {
namespace {

constexpr std::uint64_t kBytesPerMib = 1 << 20;

std::uint64_t connections_of(const Plan& plan) { return plan.connections() + plan.bystanders.total(); }

/// Of an epoll set and the eventfd that wakes it.
std::uint64_t loops_of(const Plan& plan) {
  return std::uint64_t{plan.threads} + (plan.bystanders.total() > 0 ? 1 : 0);
}

std::string memory_remedy(const std::string& limited_by) {
  if (limited_by.ends_with("meminfo")) return "free some memory";
  return "raise that limit (MemoryMax= of the service, or --memory of the container)";
}

std::uint64_t in_mib(std::uint64_t bytes) { return (bytes + kBytesPerMib - 1) / kBytesPerMib; }

}  // namespace

Limits read_limits() {
  return {.descriptors = os::raise_descriptor_limit(),
          .ports = os::read_local_ports(),
          .memory = os::read_available_memory()};
}

std::optional<std::string> descriptor_shortage(const Plan& plan, const Limits& limits) {
  constexpr std::uint64_t kSpare = 16;  // standard streams and what libraries open
  const std::uint64_t connections = connections_of(plan);
  const std::uint64_t needed = connections + 2 * loops_of(plan) + kSpare;
  if (needed <= limits.descriptors) return std::nullopt;
  return fmt::format(
      "{} connections need {} open files, but the hard limit is {}: use fewer connections, or raise it "
      "(ulimit -Hn, or LimitNOFILE= of the service)",
      connections, needed, limits.descriptors);
}

std::optional<std::string> port_shortage(const Plan& plan, const Limits& limits) {
  const std::uint64_t connections = connections_of(plan);
  const std::uint64_t each = connections_per_source(limits.ports);
  if (is_loopback_v4(plan.target)) {
    if (each > 0 && connections / each < kLoopbackSources) return std::nullopt;
  } else if (connections <= each) {
    return std::nullopt;
  }
  return fmt::format(
      "{} connections to {} need as many local ports, but net.ipv4.ip_local_port_range less "
      "ip_local_reserved_ports has {}, of which {} can be counted on, and only a target in 127.0.0.0/8 has "
      "further source addresses: use fewer connections, or widen the range "
      "(sysctl -w net.ipv4.ip_local_port_range='1024 65535')",
      connections, plan.target.address, limits.ports, each);
}

std::optional<std::string> memory_shortage(const Plan& plan, const Limits& limits) {
  const MemoryEstimate need = estimate_memory(plan);
  if (need.total() <= limits.memory.bytes) return std::nullopt;
  return fmt::format(
      "{} connections need about {} MiB of memory (sockets {}, what is in flight {} in the kernel and {} "
      "here, their state {}, threads {}), but {} leaves {} MiB: use fewer connections, fewer or smaller "
      "messages in flight, or {}",
      connections_of(plan), in_mib(need.total()), in_mib(need.sockets), in_mib(need.buffers),
      in_mib(need.in_flight), in_mib(need.connections), in_mib(need.threads), limits.memory.limited_by,
      limits.memory.bytes / kBytesPerMib, memory_remedy(limits.memory.limited_by));
}

std::optional<std::string> shortage(const Plan& plan, const Limits& limits) {
  if (auto descriptors = descriptor_shortage(plan, limits)) return descriptors;
  if (auto ports = port_shortage(plan, limits)) return ports;
  return memory_shortage(plan, limits);
}

}  // namespace threadmill::load
