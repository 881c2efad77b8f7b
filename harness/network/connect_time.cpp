#include "harness/network/connect_time.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "harness/network/network_error.h"
#include "os/address.h"
#include "os/descriptor.h"
#include "os/errors.h"
#include "os/network_namespace.h"

namespace threadmill::harness {
namespace {

using Clock = std::chrono::steady_clock;

// Of so many at once, one gets through at the first attempt: where half of all packets are lost in each
// direction, the most that conditions may ask for, one in four does, and none of 64 in 1e-8 of all cases.
constexpr std::size_t kConnects = 64;
constexpr std::chrono::milliseconds kConnectPatience{5000};

os::Descriptor socket_in(const Place& place) {
  os::Descriptor socket;
  os::in_network_namespace(place.network_namespace, [&] {
    socket.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  });
  if (!socket) os::throw_errno("socket");
  return socket;
}

os::Descriptor listen_at(const Place& place) {
  auto listener = socket_in(place);
  const os::SocketAddress any_port(place.address, 0);
  if (::bind(listener.get(), any_port.get(), any_port.size()) != 0 ||
      ::listen(listener.get(), static_cast<int>(kConnects)) != 0)
    os::throw_errno("listen at " + place.address);
  return listener;
}

}  // namespace

std::chrono::microseconds fastest_connect(const Places& places) {
  const auto listener = listen_at(places.server);
  const auto target = os::SocketAddress::of_socket(listener.get());
  std::array<os::Descriptor, kConnects> sockets;
  std::array<pollfd, kConnects> events{};
  for (auto& socket : sockets) socket = socket_in(places.generator);
  const auto start = Clock::now();
  for (std::size_t i = 0; i < kConnects; ++i) {
    events[i] = {sockets[i].get(), POLLOUT, 0};
    if (::connect(sockets[i].get(), target.get(), target.size()) != 0 && errno != EINPROGRESS)
      os::throw_errno("connect to " + target.to_string());
  }
  const int ready = ::poll(events.data(), events.size(), static_cast<int>(kConnectPatience.count()));
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  for (const auto& event : events) {
    if (ready > 0 && event.revents == POLLOUT) return took;
  }
  throw NetworkError(fmt::format("none of {} connects across the network got through within {} s", kConnects,
                                 kConnectPatience.count() / 1000));
}

}  // namespace threadmill::harness
