// Networks between namespaces. Skipped where the kernel or the user's rights have none, saying what is
// missing.

#include "harness/network/namespace_pair.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "harness/network/connect_time.h"
#include "harness/network/network_error.h"
#include "harness/network/network_tool.h"
#include "harness/process/child_process.h"
#include "harness/process/proc_file.h"
#include "os/address.h"
#include "os/network_namespace.h"
#include "tests/support/eventually.h"

namespace threadmill::harness {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

/// Of a machine that can have no such network: whoever runs the tests may make none, or there is no iproute2
/// or no tun device. Whatever else goes wrong is a failure.
bool says_what_is_missing(const std::string& words) {
  for (const char* missing : {kNeedsRoot, "apt-get install iproute2", "nor a tun device"}) {
    if (words.find(missing) != std::string::npos) return true;
  }
  return false;
}

class NamespacePairTest : public ::testing::Test {
 protected:
  void SetUp() override {
    try {
      const NamespacePair pair(loop_, {.delay = 1ms});
    } catch (const NetworkError& error) {
      ASSERT_TRUE(says_what_is_missing(error.what())) << error.what();
      GTEST_SKIP() << error.what();
    }
  }

  EventLoop loop_;
};

os::Descriptor udp_socket(const Place& place) {
  os::Descriptor socket;
  os::in_network_namespace(place.network_namespace,
                           [&] { socket.reset(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); });
  return socket;
}

/// A device in a namespace of the test's whose other end is in that of another process, so that it is there
/// for as long as that namespace is.
class Witness {
 public:
  Witness(EventLoop& loop, pid_t owner, int network_namespace) : mine_(os::make_network_namespace()) {
    run_network_tool(loop, mine_.get(),
                     {"ip", "link", "add", "witness", "type", "veth", "peer", "name", "witness", "netns",
                      fmt::format("/proc/{}/fd/{}", owner, network_namespace)});
  }

  bool is_there() const {
    std::string devices;
    os::in_network_namespace(mine_.get(), [&] { devices = read_proc_file("/proc/thread-self/net/dev"); });
    return devices.find("witness") != std::string::npos;
  }

  /// The kernel tidies up when it has the time.
  bool goes() const {
    return eventually([this] { return !is_there(); });
  }

 private:
  os::Descriptor mine_;
};

TEST_F(NamespacePairTest, ARoundTripTakesTwiceTheDelay) {
  const NamespacePair pair(loop_, {.delay = 10ms});
  EXPECT_GE(pair.to_json()["connect_us"], 20'000);
  EXPECT_GE(fastest_connect(pair.places()), 20ms);
}

TEST_F(NamespacePairTest, WithoutConditionsThereIsNothingBetweenThem) {
  const NamespacePair pair(loop_, {});
  EXPECT_EQ(pair.to_json()["by"], "nothing");
  EXPECT_GT(pair.to_json()["generator"]["segments_sent"], 0);
}

/// The next datagram; nothing where none comes for a moment.
char receive_byte(const os::Descriptor& socket) {
  const timeval moment{.tv_sec = 0, .tv_usec = 50'000};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
  char byte = 0;
  ::recv(socket.get(), &byte, 1, 0);
  return byte;
}

// Packets come in order: when one that was sent behind them has come, no other is still to come. That one may
// be lost, too, and is sent until it is not.
TEST_F(NamespacePairTest, PacketsAreLostAndTheOthersArrive) {
  constexpr int kSent = 200;
  const NamespacePair pair(loop_, {.loss_percent = 50});
  const auto places = pair.places();
  const auto to = udp_socket(places.server), from = udp_socket(places.generator);
  const os::SocketAddress any_port(places.server.address, 0);
  ASSERT_EQ(::bind(to.get(), any_port.get(), any_port.size()), 0);
  const auto target = os::SocketAddress::of_socket(to.get());
  const auto send = [&](const char* byte) { ::sendto(from.get(), byte, 1, 0, target.get(), target.size()); };
  for (int i = 0; i < kSent; ++i) send("x");
  int arrived = 0;
  EXPECT_TRUE(eventually([&] {
    send(".");
    char byte = receive_byte(to);
    for (; byte == 'x'; byte = receive_byte(to)) ++arrived;
    return byte == '.';
  }));
  EXPECT_GT(arrived, kSent / 5);
  EXPECT_LT(arrived, kSent - kSent / 5);
}

TEST_F(NamespacePairTest, AChildRunsInOneOfThemAndSeesNothingElse) {
  const NamespacePair pair(loop_, {});
  ChildCommand command;
  command.argv = {"cat", "/proc/net/dev"};
  command.network_namespace = pair.places().server.network_namespace;
  ChildProcess child(loop_, command);
  ASSERT_TRUE(loop_.wait_for([&] { return child.exit() && child.lines().at_end(); }, 20s));
  std::string devices;
  while (const auto line = child.lines().next()) devices += *line + "\n";
  EXPECT_THAT(devices, HasSubstr("line:"));
  EXPECT_THAT(read_proc_file("/proc/net/dev"), Not(HasSubstr("line:"))) << "in the test's own namespace";
}

TEST_F(NamespacePairTest, NothingIsLeftOfOneThatIsGone) {
  std::optional<NamespacePair> pair(std::in_place, loop_, NetworkConditions{.delay = 1ms});
  const Witness server(loop_, ::getpid(), pair->places().server.network_namespace);
  const Witness generator(loop_, ::getpid(), pair->places().generator.network_namespace);
  EXPECT_TRUE(server.is_there());
  pair.reset();
  EXPECT_TRUE(server.goes());
  EXPECT_TRUE(generator.goes());
}

/// Of a forked child: no other test may run in it.
[[noreturn]] void own_a_pair_until_killed(int tell) {
  ::alarm(60);
  try {
    EventLoop loop;
    const NamespacePair pair(loop, {.delay = 1ms});
    const int namespaces[2] = {pair.places().server.network_namespace,
                               pair.places().generator.network_namespace};
    [[maybe_unused]] const auto told = ::write(tell, namespaces, sizeof namespaces);
    while (true) ::pause();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
  }
  ::_exit(1);
}

TEST_F(NamespacePairTest, NothingIsLeftOfOneWhoseProcessWasKilled) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const os::Descriptor told(ends[0]);
  const pid_t owner = ::fork();
  if (owner == 0) own_a_pair_until_killed(ends[1]);
  ::close(ends[1]);
  int namespaces[2];
  ASSERT_EQ(::read(told.get(), namespaces, sizeof namespaces), static_cast<ssize_t>(sizeof namespaces))
      << "it could not make the pair";
  const Witness server(loop_, owner, namespaces[0]), generator(loop_, owner, namespaces[1]);
  EXPECT_TRUE(server.is_there());
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  EXPECT_TRUE(server.goes());
  EXPECT_TRUE(generator.goes());
}

}  // namespace
}  // namespace threadmill::harness
