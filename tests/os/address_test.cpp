#include "os/address.h"

#include <gmock/gmock.h>

namespace threadmill::os {
namespace {

TEST(SocketAddress, ShowsV4AndV6AsPeopleWriteThem) {
  EXPECT_EQ(SocketAddress("127.0.0.1", 6379).to_string(), "127.0.0.1:6379");
  EXPECT_EQ(SocketAddress("::1", 80).to_string(), "[::1]:80");
  EXPECT_EQ(SocketAddress("::1", 80).port(), 80);
}

TEST(SocketAddress, NamesWhatIsNoAddress) {
  try {
    SocketAddress("localhost", 1);
    FAIL() << "a name was taken for a numeric address";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("address 'localhost' is not a numeric IP address"));
  }
}

}  // namespace
}  // namespace threadmill::os
