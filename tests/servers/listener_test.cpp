#include "servers/net/listener.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <system_error>
#include <vector>

namespace threadmill::servers {
namespace {

os::Descriptor connect_to(const os::SocketAddress& address) {
  os::Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(client.get(), address.get(), address.size()), 0);
  return client;
}

TEST(Listener, TwoThatShareAnAddressGetAllClientsBetweenThem) {
  Listener first("127.0.0.1", 0, 128);
  Listener second = first.share_address(128);
  EXPECT_EQ(second.address().port(), first.address().port());
  constexpr std::uint64_t kClients = 64;
  std::vector<os::Descriptor> clients;
  for (std::uint64_t i = 0; i < kClients; ++i) clients.push_back(connect_to(first.address()));
  while (first.accept(0, {})) {
  }
  while (second.accept(0, {})) {
  }
  EXPECT_EQ(first.accepted() + second.accepted(), kClients);
  EXPECT_GT(first.accepted(), 0U);
  EXPECT_GT(second.accepted(), 0U);
}

TEST(Listener, AnAddressThatIsSharedIsStillTakenForOthers) {
  Listener first("127.0.0.1", 0, 128);
  const Listener second = first.share_address(128);
  EXPECT_THROW(Listener("127.0.0.1", first.address().port(), 128), std::system_error);
}

}  // namespace
}  // namespace threadmill::servers
