#include "os/held_ports.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <set>
#include <system_error>

#include "os/address.h"

namespace threadmill::os {
namespace {

/// 0, or why it cannot be had.
int bind_error(const std::string& address, std::uint16_t port) {
  const SocketAddress at(address, port);
  const Descriptor socket(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::bind(socket.get(), at.get(), at.size()) == 0 ? 0 : errno;
}

TEST(HeldPorts, AreEachAnotherAndNobodyElsesUntilReleased) {
  constexpr std::size_t kCount = 300;  // so many of 20,000: without holding them, two would be the same
  HeldPorts held;
  std::set<std::uint16_t> ports;
  for (std::size_t i = 0; i < kCount; ++i) ports.insert(held.hold("127.0.0.1"));
  EXPECT_EQ(ports.size(), kCount);
  EXPECT_EQ(bind_error("127.0.0.1", *ports.begin()), EADDRINUSE);
  EXPECT_EQ(bind_error("0.0.0.0", *ports.begin()), EADDRINUSE);
  held.release();
  EXPECT_EQ(bind_error("127.0.0.1", *ports.begin()), 0);
}

TEST(HeldPorts, OfAnAddressThatIsNotOursAreRefused) {
  HeldPorts held;
  EXPECT_THROW(held.hold("192.0.2.1"), std::system_error);
}

}  // namespace
}  // namespace threadmill::os
