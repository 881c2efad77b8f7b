#pragma once
// A network of its own for each server of a cluster, so that one can be cut off from the others.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/process/event_loop.h"
#include "os/descriptor.h"

namespace threadmill::harness {

/// A network that outlives the command that made it: a process without any other purpose holds it.
struct KeptNetwork {
  pid_t keeper = 0;
  std::int64_t start_ticks = 0;  ///< with the pid, which process it is
  std::uint32_t number = 0;      ///< IsolatedNetwork::number()

  bool is_there() const;
  /// As NatsProcess::network_namespace.
  std::string namespace_of(std::size_t node) const;
  bool is_parted(const std::string& name) const;
};

/// A namespace for each node and one more, the hub, whose bridge joins their links, which are named as the
/// nodes are, to one that leads to the namespace of this process: veth(4) pairs. They have no name, so that
/// the kernel removes them, and the links, with the last descriptor and process of theirs. Needs root and
/// iproute2. For the thread of the loop.
class IsolatedNetwork {
 public:
  /// Throws NetworkError with the remedy.
  IsolatedNetwork(EventLoop& loop, const std::vector<std::string>& nodes);

  /// Which of several on this machine it is: 198.19.NUMBER.0/24.
  std::uint32_t number() const { return number_; }
  /// While this exists; as NatsProcess::network_namespace.
  std::string namespace_of(std::size_t node) const;
  /// Starts a process that holds it from now on. It has no children, and is nobody's who waits for it.
  KeptNetwork keep() const;

 private:
  void make_hub(EventLoop& loop);
  void add_node(EventLoop& loop, const std::string& name);

  std::uint32_t number_ = 0;
  os::Descriptor hub_;
  std::vector<os::Descriptor> nodes_;
};

/// Where a node is reached, from the namespace of who made the network and from the other nodes.
std::string address_of_node(std::uint32_t number, std::size_t node);

/// Takes a node's link away, or gives it back. Throws NetworkError.
void set_parted(EventLoop& loop, const KeptNetwork& network, const std::string& name, bool parted);

/// Ends the keeper, and so the network once none of its processes is left.
void end_keeper(const KeptNetwork& network);

}  // namespace threadmill::harness
