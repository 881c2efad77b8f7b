// Which packages ./threadmill installs: the script itself, with a package manager that only says what it was
// asked.

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>

#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"

namespace threadmill {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Packages : public ::testing::Test {
 protected:
  Packages() {
    const fs::path tree = THREADMILL_SOURCE_DIR;
    for (const char* file : {"threadmill", "packages.txt"}) fs::copy(tree / file, folder_.path() / file);
    fs::create_directories(folder_.path() / "harness");
    for (const char* folder : {"studies", "suites", "scenarios"}) {
      fs::copy(tree / "harness" / folder, folder_.path() / "harness" / folder);
    }
    program("dpkg-query", "exit 1");
    program("apt-get", "exit 1");
    program("sudo", "exit 0");
    // What a package brings may be there already, from whatever source; here the tools of a shell are.
    for (const char* tool :
         {"bash", "env", "readlink", "dirname", "mkdir", "flock", "cat", "tail", "sed", "grep", "tr"}) {
      fs::create_symlink(
          fs::exists(fs::path("/usr/bin") / tool) ? fs::path("/usr/bin") / tool : fs::path("/bin") / tool,
          folder_.path() / "bin" / tool);
    }
  }

  /// The line that says what is being installed.
  std::string asked_for(const std::string& words, const std::string& environment = "") const {
    const std::string root = folder_.path().string();
    const std::string with = "/bin exec env -u THREADMILL_CI -u THREADMILL_PRESET " + environment + " ";
    return Command({"/bin/sh", "-c", "PATH=" + root + with + root + "/threadmill " + words}).wait().err;
  }

 protected:
  void program(const std::string& name, const std::string& line) const {
    fs::permissions(folder_.write("bin/" + name, "#!/bin/sh\n" + line + "\n"), fs::perms::owner_all);
  }
  TemporaryFolder folder_;
};

TEST_F(Packages, RivalsAreInstalledForWhatNamesThem) {
  EXPECT_THAT(asked_for("study messaging-rivals"),
              AllOf(HasSubstr("redis-server"), HasSubstr("nats-server")));
  EXPECT_THAT(asked_for("study cluster"), AllOf(HasSubstr("libnats-dev"), Not(HasSubstr("redis-server"))));
  EXPECT_THAT(asked_for("run chat-50 --models broker-jetstream-1"), HasSubstr("nats-server"));
  EXPECT_THAT(asked_for("study integration"),
              AllOf(HasSubstr("redis-server"), Not(HasSubstr("nats-server"))));
  EXPECT_THAT(asked_for("study concurrent-servers"),
              AllOf(HasSubstr("python3"), Not(HasSubstr("redis-server"))));
  EXPECT_THAT(asked_for("run chat-50 --models python-asyncio"),
              AllOf(HasSubstr("python3"), Not(HasSubstr("nats-server"))));
  EXPECT_THAT(asked_for("run full"), AllOf(HasSubstr("redis-server"), Not(HasSubstr("nats-server"))));
}

TEST_F(Packages, AnMpiIsInstalledForLoadFromOtherHosts) {
  EXPECT_THAT(asked_for("run echo-64 --load-hosts a,b"), HasSubstr("openmpi-bin"));
  EXPECT_THAT(asked_for("run echo-64"), Not(HasSubstr("openmpi-bin")));
}

TEST_F(Packages, ANetworkIsMadeWithIproute2) {
  for (const char* words : {"run echo-wan", "run wan", "sweep chat-wan"}) {
    EXPECT_THAT(asked_for(words), HasSubstr("iproute2")) << words;
  }
  EXPECT_THAT(asked_for("run quick"), Not(HasSubstr("iproute2")));
}

TEST_F(Packages, WhatAVerbTalksWithIsInstalledForIt) {
  for (const char* words :
       {"cluster up", "serve --model broker --cluster nats://a:4222", "serve --cluster=nats://a"})
    EXPECT_THAT(asked_for(words), HasSubstr("libnats-dev")) << words;
  EXPECT_THAT(asked_for("groupchat --user ana"),
              AllOf(HasSubstr("librabbitmq-dev"), Not(HasSubstr("libnats-dev"))));
  EXPECT_THAT(asked_for("serve --model broker"),
              AllOf(Not(HasSubstr("libnats-dev")), Not(HasSubstr("librabbitmq-dev"))));
}

// A library that somebody else has installed is found.
TEST_F(Packages, WhatWasBuiltBeforeSomethingWasInstalledIsConfiguredAnew) {
  program("dpkg-query", R"(shift 2; for name; do echo "$name install ok installed"; done)");
  const auto built_at = fs::last_write_time(folder_.write("build/release/build.ninja", ""));
  const auto installed = folder_.write("dpkg/status", "");
  const std::string environment = "DPKG_ADMINDIR=" + installed.parent_path().string();
  fs::last_write_time(installed, built_at + std::chrono::seconds(1));
  EXPECT_THAT(asked_for("list", environment), HasSubstr("configuring (preset release)"));
  fs::last_write_time(installed, built_at - std::chrono::seconds(1));
  EXPECT_THAT(asked_for("list", environment), Not(HasSubstr("configuring")));
}

TEST_F(Packages, AServiceThatListensToEverybodyIsInstalledForCiOnly) {
  for (const char* words : {"run amqp-10", "run durable", "run tiny --models rabbitmq"}) {
    EXPECT_THAT(asked_for(words), AllOf(HasSubstr("librabbitmq-dev"), Not(HasSubstr("rabbitmq-server"))))
        << words;
  }
  EXPECT_THAT(asked_for("test"), AllOf(HasSubstr("librabbitmq-dev"), Not(HasSubstr("rabbitmq-server"))));
  EXPECT_THAT(asked_for("test", "THREADMILL_CI=1"), HasSubstr("rabbitmq-server"));
}

TEST_F(Packages, WhatIsNotMeasuredIsNotInstalled) {
  for (const char* words : {"run quick", "study sync-async", "report redis-run.jsonl", "list subjects", ""}) {
    EXPECT_THAT(asked_for(words), AllOf(HasSubstr("installing g++"), Not(HasSubstr("redis-server")),
                                        Not(HasSubstr("nats-server")), Not(HasSubstr("libgtest-dev"))))
        << words;
  }
  EXPECT_THAT(asked_for("test"), AllOf(HasSubstr("redis-server"), HasSubstr("libgtest-dev")));
}

}  // namespace
}  // namespace threadmill
