#include "loadgen/connect.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "os/address.h"
#include "tests/loadgen/fake_server.h"

namespace threadmill::load {
namespace {

TEST(SourceAddress, TakesFurtherLoopbackAddressesWhereOneHasNoMorePorts) {
  const Target loopback{"127.0.0.1", 1};
  EXPECT_EQ(source_address(loopback, 99, 100), std::nullopt);
  EXPECT_EQ(source_address(loopback, 100, 100), "127.0.0.2");
  EXPECT_EQ(source_address(loopback, 399, 100), "127.0.0.4");
  EXPECT_EQ(source_address(loopback, 255, 1), "127.0.1.0");
  EXPECT_EQ(source_address(loopback, kLoopbackSources - 1, 1), "127.255.255.254");
}

TEST(SourceAddress, ElsewhereThereIsOnlyOne) {
  EXPECT_EQ(source_address({"10.0.0.1", 1}, 75'000, 100), std::nullopt);
  EXPECT_EQ(source_address({"::1", 1}, 75'000, 100), std::nullopt);
}

TEST(SourceAddress, LeavesSomePortsToOthers) {
  EXPECT_EQ(connections_per_source(28'232), 24'703U);
  EXPECT_EQ(connections_per_source(1), 1U);
  EXPECT_EQ(connections_per_source(0), 0U);
}

TEST(Connect, LeavesFromTheSourceOfItsNumber) {
  FakeServer server([](FakeServer&, int, std::string_view) {});
  const Target target{"127.0.0.1", server.port()};
  for (const auto& [source, address] :
       {std::pair{0U, "127.0.0.1:"}, {1U, "127.0.0.2:"}, {300U, "127.0.1.45:"}}) {
    const auto begun = begin_connect(target, source * connections_per_source());
    ASSERT_EQ(begun.error, 0);
    pollfd polled{begun.fd.get(), POLLOUT, 0};
    ::poll(&polled, 1, 5000);
    EXPECT_EQ(connect_error(begun.fd.get()), 0);
    EXPECT_TRUE(os::SocketAddress::of_socket(begun.fd.get()).to_string().starts_with(address)) << address;
  }
}

}  // namespace
}  // namespace threadmill::load
