#include "harness/cluster/isolated_network.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "harness/network/network_error.h"
#include "harness/network/network_tool.h"
#include "harness/network/unnamed_namespace.h"
#include "harness/process/proc_file.h"
#include "os/errors.h"
#include "os/network_namespace.h"

namespace threadmill::harness {
namespace {

constexpr std::uint32_t kMostNetworks = 255;
constexpr std::size_t kFirstNode = 11;  // the last part of its address
constexpr const char* kBridge = "bridge";
constexpr const char* kOutside = "outside";  // the hub's end of the link to the namespace of who made it
constexpr const char* kNodeDevice = "cluster";
// The keeper's descriptors: the hub, then the nodes.
constexpr int kHubDescriptor = 3;

/// Of the link in the namespace of who made the network; only one of that name can be there.
std::string outer_device(std::uint32_t number) { return fmt::format("threadmill{}", number); }

std::string with_prefix_length(const std::string& address) { return address + "/24"; }

std::string path_in(pid_t process, int descriptor) {
  return fmt::format("/proc/{}/fd/{}", process, descriptor);
}

std::string hub_of(const KeptNetwork& network) { return path_in(network.keeper, kHubDescriptor); }

/// Makes the link between the hub and the namespace of this process under the first name that is free.
std::uint32_t join_outside(EventLoop& loop, const os::Descriptor& hub) {
  for (std::uint32_t number = 0; number < kMostNetworks; ++number) {
    const auto device = outer_device(number);
    if (::if_nametoindex(device.c_str()) != 0) continue;
    try {
      run_network_tool(loop, -1,
                       {"ip", "link", "add", device, "type", "veth", "peer", "name", kOutside, "netns",
                        path_of_namespace(hub)});
      return number;
    } catch (const NetworkError&) {
      if (::if_nametoindex(device.c_str()) == 0) throw;  // else somebody else was faster
    }
  }
  throw NetworkError(
      "there are 255 networks of clusters here already; end some with `threadmill cluster down`");
}

void give_address(EventLoop& loop, int network_namespace, const std::string& device,
                  const std::string& address) {
  run_network_tool(loop, network_namespace,
                   {"ip", "address", "add", with_prefix_length(address), "dev", device});
  run_network_tool(loop, network_namespace, {"ip", "link", "set", "dev", device, "up"});
}

/// The keeper: descriptors of namespaces, and nothing else that was its parent's. Returns never.
[[noreturn]] void hold(const std::vector<int>& namespaces) {
  ::setsid();
  ::prctl(PR_SET_NAME, "threadmill-net");
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(signal, SIG_DFL);
  const int last = kHubDescriptor + static_cast<int>(namespaces.size());
  // First above all that they are to become.
  std::vector<int> moved;
  for (const int each : namespaces) moved.push_back(::fcntl(each, F_DUPFD, last));
  const int null = ::open("/dev/null", O_RDWR);
  for (int standard = 0; standard < kHubDescriptor; ++standard) ::dup2(null, standard);
  for (std::size_t i = 0; i < moved.size(); ++i) ::dup2(moved[i], kHubDescriptor + static_cast<int>(i));
  [[maybe_unused]] const int root = ::chdir("/");
  ::close_range(static_cast<unsigned>(last), ~0U, 0);
  while (true) ::pause();
}

}  // namespace

bool KeptNetwork::is_there() const { return keeper != 0 && still_runs(keeper, start_ticks); }

std::string KeptNetwork::namespace_of(std::size_t node) const {
  return path_in(keeper, kHubDescriptor + 1 + static_cast<int>(node));
}

bool KeptNetwork::is_parted(const std::string& name) const {
  const auto hub = open_namespace(hub_of(*this));
  ifreq link{};
  os::in_network_namespace(hub.get(), [&] {
    const os::Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    name.copy(link.ifr_name, sizeof link.ifr_name - 1);
    if (!socket || ::ioctl(socket.get(), SIOCGIFFLAGS, &link) != 0)
      os::throw_errno("look at the link " + name);
  });
  return (link.ifr_flags & IFF_UP) == 0;
}

IsolatedNetwork::IsolatedNetwork(EventLoop& loop, const std::vector<std::string>& nodes)
    : hub_(make_unnamed_namespace()) {
  make_hub(loop);
  for (const auto& name : nodes) add_node(loop, name);
}

void IsolatedNetwork::make_hub(EventLoop& loop) {
  const auto in_hub = [&](const std::vector<std::string>& words) {
    run_network_tool(loop, hub_.get(), words);
  };
  in_hub({"ip", "link", "add", kBridge, "type", "bridge"});
  in_hub({"ip", "link", "set", "dev", kBridge, "up"});
  number_ = join_outside(loop, hub_);
  in_hub({"ip", "link", "set", "dev", kOutside, "master", kBridge, "up"});
  give_address(loop, -1, outer_device(number_), fmt::format("198.19.{}.1", number_));
}

void IsolatedNetwork::add_node(EventLoop& loop, const std::string& name) {
  const std::size_t index = nodes_.size();
  const auto& node = nodes_.emplace_back(make_unnamed_namespace());
  run_network_tool(loop, hub_.get(),
                   {"ip", "link", "add", name, "type", "veth", "peer", "name", kNodeDevice, "netns",
                    path_of_namespace(node)});
  run_network_tool(loop, hub_.get(), {"ip", "link", "set", "dev", name, "master", kBridge, "up"});
  run_network_tool(loop, node.get(), {"ip", "link", "set", "dev", "lo", "up"});
  give_address(loop, node.get(), kNodeDevice, address_of_node(number_, index));
}

std::string IsolatedNetwork::namespace_of(std::size_t node) const { return path_of_namespace(nodes_[node]); }

KeptNetwork IsolatedNetwork::keep() const {
  std::vector<int> namespaces = {hub_.get()};
  for (const auto& node : nodes_) namespaces.push_back(node.get());
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) os::throw_errno("pipe");
  const os::Descriptor ready(ends[0]);
  os::Descriptor keepers(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) os::throw_errno("fork");
  if (pid == 0) hold(namespaces);
  keepers.reset();
  char nothing = 0;
  [[maybe_unused]] const auto end = ::read(ready.get(), &nothing, 1);  // until it has closed its own
  return {pid, read_proc_stat(pid).start_ticks, number_};
}

std::string address_of_node(std::uint32_t number, std::size_t node) {
  return fmt::format("198.19.{}.{}", number, kFirstNode + node);
}

void set_parted(EventLoop& loop, const KeptNetwork& network, const std::string& name, bool parted) {
  const auto hub = open_namespace(hub_of(network));
  run_network_tool(loop, hub.get(), {"ip", "link", "set", "dev", name, parted ? "down" : "up"});
}

void end_keeper(const KeptNetwork& network) {
  if (!network.is_there()) return;
  ::kill(network.keeper, SIGKILL);
  constexpr std::chrono::milliseconds kPause{5};
  while (network.is_there()) std::this_thread::sleep_for(kPause);
  ::waitpid(network.keeper, nullptr, WNOHANG);  // where it is our own child
}

}  // namespace threadmill::harness
