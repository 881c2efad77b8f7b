#include "os/held_ports.h"

#include <sys/socket.h>

#include <random>

#include "os/address.h"
#include "os/errors.h"

namespace threadmill::os {
namespace {

constexpr std::uint16_t kFirst = 10'000;
constexpr std::uint16_t kLast = 30'000;
constexpr int kTried = 100;

}  // namespace

std::uint16_t HeldPorts::hold(const std::string& address) {
  std::random_device chance;
  std::uniform_int_distribution<std::uint16_t> ports(kFirst, kLast);
  for (int i = 0; i < kTried; ++i) {
    const SocketAddress at(address, ports(chance));
    Descriptor socket(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket || ::bind(socket.get(), at.get(), at.size()) != 0) continue;
    sockets_.push_back(std::move(socket));
    return at.port();
  }
  throw_errno("bind to a port of " + address);
}

}  // namespace threadmill::os
