#include "loadgen/capacity.h"

#include <fmt/format.h>

#include "loadgen/bystanders/vanish.h"
#include "loadgen/connect.h"
#include "loadgen/memory_estimate.h"
#include "os/descriptor_limit.h"
#include "os/local_ports.h"

namespace threadmill::load {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

std::uint64_t connections_of(const Plan& plan, const BystanderLoad& bystanders) {
  return plan.connections() + bystanders.total();
}

/// Of an epoll set and the eventfd that wakes it.
std::uint64_t loops_of(const Plan& plan, const BystanderLoad& bystanders) {
  return std::uint64_t{plan.threads} + (bystanders.total() > 0 ? 1 : 0);
}

std::string memory_remedy(const std::string& limited_by) {
  if (limited_by.ends_with("meminfo")) return "free some memory";
  return "raise that limit (MemoryMax= of the service, or --memory of the container)";
}

std::uint64_t in_mib(std::uint64_t bytes) { return (bytes + kMiB - 1) / kMiB; }

}  // namespace

Limits read_limits() {
  return {.descriptors = os::raise_descriptor_limit(),
          .ports = os::read_local_ports(),
          .memory = os::read_available_memory(),
          .may_repair_sockets = may_repair_sockets()};
}

std::optional<std::string> descriptor_shortage(const Plan& plan, const BystanderLoad& bystanders,
                                               const Limits& limits) {
  constexpr std::uint64_t kSpare = 16;  // standard streams and what libraries open
  // Half-open peers give their descriptors back when they vanish, at most while connecting is under way; they
  // are counted in full, because it depends on the server how long that is.
  const std::uint64_t connections = connections_of(plan, bystanders);
  const std::uint64_t needed = connections + 2 * loops_of(plan, bystanders) + kSpare;
  if (needed <= limits.descriptors) return std::nullopt;
  return fmt::format(
      "{} connections need {} open files, but the hard limit is {}: use fewer connections, or raise it "
      "(ulimit -Hn, or LimitNOFILE= of the service)",
      connections, needed, limits.descriptors);
}

std::optional<std::string> port_shortage(const Plan& plan, const BystanderLoad& bystanders,
                                         const Limits& limits) {
  const std::uint64_t connections = connections_of(plan, bystanders);
  const std::uint64_t each = connections_per_source(limits.ports);
  if (is_loopback_v4(plan.target)) {
    const std::uint64_t numbers = connections + std::uint64_t{bystanders.half_open} * (kMostPortStep - 1);
    // Half-open peers begin with a source of their own, which may leave the one before it half empty.
    if (each > 0 && numbers / each + 2 <= kLoopbackSources) return std::nullopt;
  } else if (bystanders.half_open > 0 && connections * kMostPortStep > each) {
    return fmt::format(
        "{} connections to {} with half_open among the bystanders need {} times as many local ports, so that "
        "none leaves from the port of a vanished one, but net.ipv4.ip_local_port_range has {}, of which {} "
        "can be counted on: use at most {} connections, leave half_open out, or use a target in 127.0.0.0/8",
        connections, plan.target.address, kMostPortStep, limits.ports, each, each / kMostPortStep);
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

std::optional<std::string> memory_shortage(const Plan& plan, const BystanderLoad& bystanders,
                                           const Limits& limits) {
  const MemoryEstimate need = estimate_memory(plan, bystanders);
  if (need.total() <= limits.memory.bytes) return std::nullopt;
  return fmt::format(
      "{} connections need about {} MiB of memory (sockets {}, what is in flight {} in the kernel and {} "
      "here, their state {}, threads {}), but {} leaves {} MiB: use fewer connections, fewer or smaller "
      "messages in flight, or {}",
      connections_of(plan, bystanders), in_mib(need.total()), in_mib(need.sockets), in_mib(need.buffers),
      in_mib(need.in_flight), in_mib(need.connections), in_mib(need.threads), limits.memory.limited_by,
      limits.memory.bytes / kMiB, memory_remedy(limits.memory.limited_by));
}

std::optional<std::string> rights_shortage(const BystanderLoad& bystanders, const Limits& limits) {
  if (bystanders.half_open == 0 || limits.may_repair_sockets) return std::nullopt;
  return std::string(kMayNotRepair);
}

std::optional<std::string> shortage(const Plan& plan, const BystanderLoad& bystanders, const Limits& limits) {
  if (auto rights = rights_shortage(bystanders, limits)) return rights;
  if (auto descriptors = descriptor_shortage(plan, bystanders, limits)) return descriptors;
  if (auto ports = port_shortage(plan, bystanders, limits)) return ports;
  return memory_shortage(plan, bystanders, limits);
}

}  // namespace threadmill::load
