// `threadmill cluster up` that does not get to its end: nothing of it is left.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/children.h"
#include "tests/support/command.h"
#include "tests/support/eventually.h"
#include "tests/support/text_files.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;

/// NATS servers that never choose a leader, so that whoever starts them waits for it until it is given up.
class GivenUpCluster : public testing::TestWithParam<std::vector<std::string>> {
 protected:
  GivenUpCluster() : path_(std::getenv("PATH")) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // what outlives the command becomes ours
    folder_.write("nats-server", "#!/bin/sh\necho $$ >>\"${0%/*}/started\"\nexec sleep 600\n");
    std::filesystem::permissions(folder_.path() / "nats-server", std::filesystem::perms::owner_all);
    ::setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
  }
  ~GivenUpCluster() override {
    ::setenv("PATH", path_.c_str(), 1);
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  }
  void SetUp() override {
    if (GetParam().empty()) return;
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    if (Command({"ip", "-V"}).wait().exit_code != 0) GTEST_SKIP() << "needs iproute2";
  }

  std::filesystem::path cluster() const { return folder_.path() / "cluster"; }
  std::vector<std::string> up() const {
    std::vector<std::string> words = {built("threadmill"), "cluster", "up", "--dir", cluster().string()};
    words.insert(words.end(), GetParam().begin(), GetParam().end());
    return words;
  }
  std::size_t started() const {
    const auto file = folder_.path() / "started";
    return std::filesystem::exists(file) ? lines_of(contents_of(file)).size() : 0;
  }
  void expect_nothing_left() const {
    EXPECT_FALSE(std::filesystem::exists(cluster()));
    const bool none = eventually([] {
      while (::waitpid(-1, nullptr, WNOHANG) > 0) continue;
      return my_children().empty();
    });
    EXPECT_TRUE(none) << "left: " << my_children();
  }

  TemporaryFolder folder_;

 private:
  std::string path_;
};

TEST_P(GivenUpCluster, AsItWasInterruptedWhileItStarts) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Command command(up());
    ASSERT_TRUE(eventually([&] { return started() % 3 == 0 && started() > 0; })) << command.err();
    ::kill(command.pid(), signal);
    const auto finished = command.wait();
    EXPECT_EQ(finished.exit_code, 130) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("interrupted"));
    expect_nothing_left();
    std::filesystem::remove(folder_.path() / "started");
  }
}

TEST_P(GivenUpCluster, AsThereIsNoRoomForItsState) {
  // Where no file may have a byte, this is what a full disk answers.
  auto words = up();
  words.insert(words.begin(), {"sh", "-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\" >/dev/null 2>&1", "sh"});
  EXPECT_EQ(Command(words).wait().exit_code, 1);
  expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(, GivenUpCluster,
                         testing::Values(std::vector<std::string>{}, std::vector<std::string>{"--isolated"}),
                         [](const auto& network) { return network.param.empty() ? "Loopback" : "Isolated"; });

}  // namespace
}  // namespace threadmill::conformance
