#include "servers/net/subscriber_writer.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "os/descriptor.h"

namespace threadmill::servers {
namespace {

class SubscriberWriterTest : public testing::Test {
 protected:
  SubscriberWriterTest() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ours.reset(ends[0]);
    theirs.reset(ends[1]);
    writer.emplace(ours.get(), std::size_t{1} << 20, [] {});
  }

  /// What the peer gets up to the end of the connection.
  std::string read_to_end() {
    std::string text;
    std::array<char, 4096> buffer;
    while (true) {
      const ssize_t got = ::recv(theirs.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  os::Descriptor ours;
  os::Descriptor theirs;
  std::optional<SubscriberWriter> writer;
};

TEST_F(SubscriberWriterTest, WritesAllAndThenEndsTheConnection) {
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = "message " + std::to_string(i) + "\n";
    ASSERT_TRUE(writer->queue().push(share({text})));
    expected += text;
  }
  writer->queue().close();
  EXPECT_TRUE(read_to_end() == expected);
}

TEST_F(SubscriberWriterTest, APeerThatDoesNotReadIsFoundSlowAndHoldsNobodyUp) {
  const auto publication = share({std::string(10'000, 'x')});
  std::size_t pushed = 0;
  while (writer->queue().push(publication)) ++pushed;
  EXPECT_GT(pushed, 90U);
  EXPECT_TRUE(writer->queue().blocked());
  writer.reset();  // and its end does not wait for the peer either
  EXPECT_LT(read_to_end().size(), pushed * 10'000);
}

TEST_F(SubscriberWriterTest, SurvivesAPeerThatIsGone) {
  theirs.reset();
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(writer->queue().push(share({std::string(10'000, 'x')})));
}

}  // namespace
}  // namespace threadmill::servers
