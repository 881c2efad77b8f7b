// A run whose servers are on another host: one that an agent of the test leads to, on this machine.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/children.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

class OnServerHost : public RunTest {
 protected:
  OnServerHost() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }  // what the run leaves becomes ours

  /// A command that takes a host, which has to be "there", and the words, which it gives to a shell as sshd
  /// does.
  std::string agent(const std::string& how = "exec sh -c \"$*\"") const {
    return script("agent",
                  "[ \"$1\" = there ] || { echo \"no such host: $1\" >&2; exit 255; }\nshift\n" + how);
  }
  std::string script(const std::string& name, const std::string& text) const {
    folder_.write(name, "#!/bin/sh\n" + text + "\n");
    fs::permissions(folder_.path() / name, fs::perms::owner_all);
    return (folder_.path() / name).string();
  }
  std::vector<std::string> words_there(const std::string& scenario, const std::string& models,
                                       const std::string& agent, std::vector<std::string> more = {}) const {
    auto words = arguments(scenario, models, 1);
    words.insert(words.end(), {"--server-host", "there", "--server-address", "127.0.0.1", "--rsh", agent});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  json only_trial() const {
    const auto trials = results().trials;
    EXPECT_EQ(trials.size(), 1U);
    return trials.empty() ? json() : trials[0];
  }
  /// Of a failed trial; its server's record is whole all the same.
  std::string reason(const std::string& stage) const {
    const auto trial = only_trial();
    EXPECT_EQ(trial["outcome"], "failed");
    EXPECT_EQ(trial["failure"]["stage"], stage);
    EXPECT_TRUE(conforms_to_schema(out()));
    EXPECT_EQ(my_children(), "");
    return trial["failure"]["reason"];
  }
};

TEST_F(OnServerHost, ServersAreMeasuredAsHere) {
  const auto finished = threadmill_cli(words_there("tiny-rate.json", "epoll,fork", agent()));
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("servers run on there, reached at 127.0.0.1"));
  EXPECT_TRUE(conforms_to_schema(out()));
  const auto file = results();
  EXPECT_EQ(file.header["run"]["server_host"]["name"], "there");
  EXPECT_EQ(file.header["run"]["server_host"]["environment"]["kernel"], file.header["environment"]["kernel"]);
  ASSERT_EQ(file.trials.size(), 2U);
  for (const auto& trial : file.trials) {
    SCOPED_TRACE(trial["subject"]);
    EXPECT_EQ(trial["outcome"], "ok") << trial["failure"];
    EXPECT_EQ(trial["server"]["exit_status"], 0);
    const auto& gates = trial["samples"]["gates"];
    EXPECT_GT(gates["measured"]["cpu_ns"], gates["warm"]["cpu_ns"]);
    EXPECT_GT(gates["measured"]["pss_bytes"], 0);
    EXPECT_GT(trial["samples"]["series"].size(), 0U);
    EXPECT_GT(trial["accounts"]["sampled_cpu_ns"], 0);
    EXPECT_GT(trial["accounts"]["waited_cpu_ns"], 0);
    EXPECT_TRUE(trial["machine"].contains("others_cpu_percent"));
    EXPECT_THAT(trial["syscalls"]["unavailable"].get<std::string>(), HasSubstr("another host"));
  }
  EXPECT_EQ(my_children(), "");
}

TEST_F(OnServerHost, TheReportSaysWhereServersRan) {
  ASSERT_EQ(threadmill_cli(words_there("tiny-echo.json", "epoll", agent())).exit_code, 0);
  ASSERT_EQ(threadmill_cli({"report", out().string(), "--format", "md"}).exit_code, 0);
  const auto report = contents_of(folder_.path() / "run/report.md");
  EXPECT_THAT(report, HasSubstr(", servers on there: "));
  EXPECT_THAT(report, HasSubstr("| Servers on "));
  EXPECT_THAT(report, HasSubstr(" of the host there"));
}

// A clock that is a day ahead, as that of another machine may be.
TEST_F(OnServerHost, TimesOfSamplesAreOfThisMachinesClock) {
  const std::string in_another_time = "unshare --time --fork --kill-child --monotonic 86400 ";
  if (Command({"/bin/sh", "-c", in_another_time + "true"}).wait().exit_code != 0)
    GTEST_SKIP() << "there are no time namespaces here: it takes root and Linux 5.6";
  const auto finished = threadmill_cli(
      words_there("tiny-rate.json", "epoll", agent("exec " + in_another_time + "sh -c \"$*\"")));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const auto trial = only_trial();
  const auto& gates = trial["samples"]["gates"];
  const auto& window = trial["load"]["window"];
  constexpr auto a_minute_ns = 60'000'000'000;
  for (const auto& t_ns : {gates["warm"]["t_ns"], trial["samples"]["series"][0]["t_ns"]}) {
    EXPECT_NEAR(t_ns.get<double>(), window["start_ns"].get<double>(), a_minute_ns);
  }
}

TEST_F(OnServerHost, AServerThatDoesNotStartIsAFailedTrial) {
  EXPECT_EQ(threadmill_cli(words_there("tiny-echo.json", "silent", agent())).exit_code, 1);
  EXPECT_THAT(reason("start"), HasSubstr("exited with status 3; its last words: no configuration found"));
}

TEST_F(OnServerHost, AProgramThatIsNotThereIsToldWithItsPackage) {
  EXPECT_EQ(threadmill_cli(words_there("tiny-echo.json", "not-installed", agent())).exit_code, 1);
  EXPECT_THAT(reason("start"), HasSubstr("apt-get install no-such-package"));
}

TEST_F(OnServerHost, AnAgentThatFailsIsToldBeforeAnythingIsBegun) {
  auto words = words_there("tiny-echo.json", "epoll", agent());
  *std::find(words.begin(), words.end(), "there") = "elsewhere";
  const auto finished = threadmill_cli(words);
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("--server-host: cannot start `threadmill host` on elsewhere"),
                                  HasSubstr("no such host: elsewhere")));
  EXPECT_FALSE(fs::exists(out()));
  EXPECT_THAT(threadmill_cli(words_there("tiny-echo.json", "epoll", "threadmill-no-such-agent")).err,
              HasSubstr("threadmill-no-such-agent is not installed"));
  EXPECT_THAT(threadmill_cli(words_there("tiny-echo.json", "epoll", agent("echo Welcome"))).err,
              HasSubstr("answered with what is no line of `threadmill host`: Welcome"));
}

TEST_F(OnServerHost, AHostWithoutTheseProgramsIsToldWhatItNeeds) {
  const auto finished =
      threadmill_cli(words_there("tiny-echo.json", "epoll", agent("exec sh -c \"/nowhere$*\"")));
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("the same build has to stand at the same path there"));
}

// The first time that it is called it leads there: the run asks what the host is.
TEST_F(OnServerHost, AHostThatIsGoneByTheTimeOfATrialFailsIt) {
  const auto once = agent(
      "[ -e \"$0.was-here\" ] && { echo no route to host >&2; exit 255; }\n: >\"$0.was-here\"\n"
      "exec sh -c \"$*\"");
  EXPECT_EQ(threadmill_cli(words_there("tiny-echo.json", "epoll", once)).exit_code, 1);
  EXPECT_THAT(reason("start"),
              HasSubstr("its agent exited with status 255; its last words: no route to host"));
}

/// An agent that does something when the harness tells the host of the gate "warm", before the window.
std::string when_warm(const std::string& commands) {
  return "(while IFS= read -r line; do\n  echo \"$line\"\n  case $line in *'\"warm\"'*) " + commands +
         " ;; esac\ndone) | sh -c \"$*\"";
}

TEST_F(OnServerHost, AHostThatDiesInMidTrialFailsIt) {
  const auto dying = agent(when_warm("(sleep 0.2; kill -9 $$) &"));
  EXPECT_EQ(threadmill_cli(words_there("tiny-rate.json", "epoll", dying, {"--duration", "60s"})).exit_code,
            1);
  EXPECT_THAT(reason("load"),
              AllOf(HasSubstr("the connection to the host there is gone: its agent was killed"),
                    HasSubstr("in mid-trial")));
}

TEST_F(OnServerHost, AServerThatDiesThereIsToldAsOneThatDiesHere) {
  const auto finished = threadmill_cli(words_there("tiny-crash.json", "epoll,fork", agent()));
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  for (const auto& trial : results().trials) {
    EXPECT_EQ(trial["outcome"], "ok") << trial["failure"];
    EXPECT_EQ(trial["fault"]["server_exit"].is_string(), trial["subject"] == "epoll") << trial["fault"];
    EXPECT_EQ(trial["server"]["signal"].is_number(), trial["subject"] == "epoll") << trial["server"];
  }
  EXPECT_EQ(my_children(), "");
}

TEST_F(OnServerHost, CtrlCLeavesNothingRunning) {
  const auto telling = agent(when_warm(": >\"$0.warm\""));
  auto words = words_there("tiny-rate.json", "fork", telling, {"--duration", "60s"});
  words.insert(words.begin(), built("threadmill"));
  Command command(words);
  while (!fs::exists(telling + ".warm")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ::kill(command.pid(), SIGINT);
  EXPECT_EQ(command.wait().exit_code, 130);
  EXPECT_EQ(my_children(), "");
  EXPECT_EQ(results().end_outcome, "interrupted");
}

TEST_F(OnServerHost, ARunThatWasInterruptedGoesOnThere) {
  auto words = words_there("tiny-echo.json", "epoll", agent(), {"--repeats", "2"});
  words.erase(std::find(words.begin(), words.end(), "--repeats"),
              std::find(words.begin(), words.end(), "--out"));
  ASSERT_EQ(threadmill_cli(words).exit_code, 0);
  std::ifstream in(out());
  std::string begun;
  std::string line;
  for (int records = 0; records < 3; ++records) begun += (std::getline(in, line), line + "\n");
  folder_.write("run.jsonl", begun);
  const auto finished = threadmill_cli({"run", "--resume", out().string()});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(results().trials.size(), 2U);
}

TEST_F(OnServerHost, WhatCannotBeDoneThereIsRefusedWithItsReason) {
  const auto refused = [&](const std::vector<std::string>& words) {
    const auto finished = threadmill_cli(words);
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_FALSE(fs::exists(out()));
    return finished.err;
  };
  EXPECT_THAT(refused(words_there("tiny-wan.json", "epoll", agent())), HasSubstr("a network of its own"));
  EXPECT_THAT(refused(words_there("tiny-kill.json", "fork", agent())), HasSubstr("has a fault or a journal"));
  EXPECT_THAT(refused(words_there("tiny-echo.json", "epoll", agent(), {"--primitives"})),
              HasSubstr("--primitives"));
  auto words = arguments("tiny-echo.json", "epoll", 1);
  words.insert(words.end(), {"--server-host", "host.invalid"});
  EXPECT_THAT(refused(words), HasSubstr("--server-address"));
  words = arguments("tiny-echo.json", "epoll", 1);
  words.insert(words.end(), {"--rsh", "ssh"});
  EXPECT_THAT(refused(words), HasSubstr("--rsh: is about other hosts"));
}

class HostVerb : public OnServerHost {
 protected:
  /// What it does with these lines, after which its input ends.
  Finished host(const std::string& lines) const {
    const auto file = folder_.write("lines", lines);
    return Command({"/bin/sh", "-c", "cat " + file.string() + " | " + built("threadmill") + " host"}).wait();
  }
};

TEST_F(HostVerb, EndsItsServerWithItsInput) {
  const json order = {{"subject",
                       {{"name", "detaches"},
                        {"command", {(kHere / "subjects/misbehaving_server.py").string(), "leaves-orphan"}},
                        {"ready", "json_line"},
                        {"ready_within_ms", 10'000},
                        {"stop", "SIGTERM"},
                        {"stop_within_ms", 5'000},
                        {"package", ""}}},
                      {"service", "echo"},
                      {"address", "127.0.0.1"},
                      {"connections", 1}};
  const auto finished = host(json{{"do", "start"}, {"order", order}}.dump() + "\n");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("\"port\":"));
  EXPECT_EQ(my_children(), "");
}

TEST_F(HostVerb, RefusesWhatIsNoRequest) {
  const auto finished = host("{\"do\": \"fly\"}\n");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("threadmill: threadmill host: \"do\" must be one of"));
  EXPECT_THAT(host(std::string((1 << 20) + 2, 'x')).err, HasSubstr("has no end within"));
}

TEST_F(HostVerb, IsForPrograms) {
  const auto finished = threadmill_cli({"host"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("--server-host"));
}

/// Two network namespaces with a cable between them, as two machines.
class OnAnotherNetwork : public RunTest {
 protected:
  void SetUp() override {
    if (!ip("netns add " + here_) || !ip("netns add " + there_) ||
        !ip("link add eth0 netns " + here_ + " type veth peer name eth0 netns " + there_))
      GTEST_SKIP() << "there are no networks to be had here: it takes root and iproute2";
    for (const auto& [host, address] :
         {std::pair{here_, "198.18.7.1/24"}, std::pair{there_, "198.18.7.2/24"}}) {
      ASSERT_TRUE(ip("-n " + host + " address add " + address + " dev eth0"));
      ASSERT_TRUE(ip("-n " + host + " link set eth0 up") && ip("-n " + host + " link set lo up"));
    }
  }
  void TearDown() override {
    for (const auto& host : {here_, there_}) ip("netns delete " + host);
  }
  static bool ip(const std::string& words) {
    return Command({"/bin/sh", "-c", "ip " + words}).wait().exit_code == 0;
  }

  const std::string here_ = fmt::format("tm-here-{}", ::getpid());
  const std::string there_ = fmt::format("tm-there-{}", ::getpid());
};

TEST_F(OnAnotherNetwork, ServersAreReachedAtTheirAddress) {
  std::vector<std::string> words = {"ip", "netns", "exec", here_, built("threadmill")};
  const auto run = arguments("tiny-rate.json", "epoll,fork", 1);
  words.insert(words.end(), run.begin(), run.end());
  words.insert(words.end(),
               {"--server-host", there_, "--server-address", "198.18.7.2", "--rsh", "ip netns exec"});
  const auto finished = Command(words).wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const auto file = results();
  ASSERT_EQ(file.trials.size(), 2U);
  for (const auto& trial : file.trials) {
    EXPECT_EQ(trial["outcome"], "ok") << trial["failure"];
    EXPECT_EQ(trial["server"]["ready"]["address"], "198.18.7.2");
    EXPECT_GT(trial["accounts"]["sampled_cpu_ns"], 0);
  }
}

}  // namespace
}  // namespace threadmill
