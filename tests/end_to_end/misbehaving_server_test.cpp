// Whatever a server does, the run goes on, its record says why it failed, and nothing is left of it.

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/children.h"

namespace threadmill {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

/// Whether a server could have the port now.
bool can_be_bound(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;  // connections that linger in TIME_WAIT are nobody's
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound =
      ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && ::listen(socket, 1) == 0;
  ::close(socket);
  return bound;
}

class MisbehavingServer : public RunTest {
 protected:
  MisbehavingServer() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // what the run leaves becomes ours
    for (const auto& folder : {work(), temporary()}) fs::create_directories(folder);
  }

  fs::path work() const { return folder_.path() / "work"; }
  fs::path temporary() const { return folder_.path() / "temporary"; }

  /// A server with that flaw as a subject.
  void add_subject(const std::string& flaw) const {
    json subject = {{"name", flaw},
                    {"summary", "A server of the tests that does one thing wrong"},
                    {"services", {"echo"}},
                    {"command", {(kHere / "subjects/misbehaving_server.py").string(), flaw}},
                    {"ready", {{"json_line", true}}}};
    subject.merge_patch(limits_);
    folder_.write("subjects/" + flaw + ".json", subject.dump());
  }

  /// Runs `subject` beside a sound one, in folders of its own, and returns its trial.
  json trial_of(const std::string& subject, const fs::path& subjects, int exit_code) const {
    const auto finished =
        Command({"env", "-C", work().string(), "TMPDIR=" + temporary().string(), built("threadmill"), "run",
                 (kHere / "impatient-echo.json").string(), "--models", subject + ",epoll", "--repeats", "1",
                 "--out", out().string(), "--no-report", "--no-selftest", "--subject-dir", subjects.string()})
            .wait();
    EXPECT_EQ(finished.exit_code, exit_code) << finished.err;
    const auto file = results();
    EXPECT_EQ(file.end_outcome, "complete");
    EXPECT_EQ(file.trials.size(), 2U);
    json found;
    for (const auto& trial : file.trials) {
      if (trial["subject"] == subject) {
        found = trial;
      } else {
        EXPECT_EQ(trial["outcome"], "ok") << trial["failure"];
      }
    }
    return found;
  }

  void expect_nothing_left(const json& trial) const {
    EXPECT_EQ(my_children(), "") << "processes";
    EXPECT_TRUE(fs::is_empty(work())) << "files in the working folder";
    EXPECT_TRUE(fs::is_empty(temporary())) << "files in TMPDIR";
    if (trial["server"]["ready"].is_object()) {
      EXPECT_TRUE(can_be_bound(trial["server"]["ready"]["port"]));
    }
  }

  json trial_with_flaw(const std::string& flaw, int exit_code) const {
    add_subject(flaw);
    auto trial = trial_of(flaw, folder_.path() / "subjects", exit_code);
    expect_nothing_left(trial);
    return trial;
  }
  /// The failure's stage is `stage`, and its reason matches.
  void expect_failure(const std::string& flaw, const std::string& stage,
                      const ::testing::Matcher<std::string>& reason) const {
    const auto trial = trial_with_flaw(flaw, 1);
    ASSERT_TRUE(trial["failure"].is_object()) << trial;
    EXPECT_EQ(trial["failure"]["stage"], stage);
    EXPECT_THAT(trial["failure"]["reason"].get<std::string>(), reason);
  }

  std::string scenario_ = "impatient-echo.json";
  json limits_ = json::object();  // of time, in its file
};

TEST_F(MisbehavingServer, NeverReady) {
  expect_failure("never-ready", "start", HasSubstr("no ready line within 10 s"));
}

TEST_F(MisbehavingServer, IsGivenTheTimeToGetReadyThatItsFileSays) {
  limits_ = {{"ready", {{"within_s", 1}}}};
  expect_failure("never-ready", "start", HasSubstr("no ready line within 1 s"));
}

TEST_F(MisbehavingServer, IsGivenTheTimeToEndThatItsFileSays) {
  limits_ = {{"stop_within_s", 1}};
  expect_failure("stays", "stop", HasSubstr("did not end within 1 s"));
}

TEST_F(MisbehavingServer, PrintsAReadyLineWithoutEnd) {
  expect_failure("endless-ready-line", "start", HasSubstr("first line has no end within 65536 bytes"));
}

TEST_F(MisbehavingServer, ClosesItsOutputBeforeItIsReady) {
  expect_failure("closes-its-output", "start", HasSubstr("closed its standard output before a ready line"));
}

TEST_F(MisbehavingServer, EndsBeforeItIsReady) {
  const auto trial = trial_of("silent", kHere / "subjects", 1);
  EXPECT_EQ(trial["failure"]["stage"], "start");
  EXPECT_THAT(trial["failure"]["reason"], AllOf(HasSubstr("status 3"), HasSubstr("no configuration found")));
}

TEST_F(MisbehavingServer, LeavesTheForeground) {
  const auto trial = trial_with_flaw("daemonises", 1);
  EXPECT_THAT(trial["failure"]["reason"],
              AllOf(HasSubstr("exited with status 0"), HasSubstr("has to stay in the foreground")));
}

TEST_F(MisbehavingServer, NeverAnswers) { expect_failure("never-answers", "verify", HasSubstr("timeout")); }

TEST_F(MisbehavingServer, StopsAnsweringInMidTrial) {
  expect_failure("stops-answering", "load", HasSubstr("timeout"));
}

TEST_F(MisbehavingServer, StopsItself) {
  expect_failure("stops-itself", "load",
                 AllOf(HasSubstr("timeout"), HasSubstr("process is stopped, as by SIGSTOP")));
}

TEST_F(MisbehavingServer, ClosesItsListener) {
  expect_failure("closes-its-listener", "load", HasSubstr("connect"));
}

TEST_F(MisbehavingServer, DiesInMidTrial) {
  expect_failure("dies", "load", AllOf(HasSubstr("signal 9"), HasSubstr("out of luck")));
}

TEST_F(MisbehavingServer, AnswersWrongly) { expect_failure("lies", "verify", HasSubstr("answers wrongly")); }

TEST_F(MisbehavingServer, IgnoresSigterm) {
  expect_failure("stays", "stop", HasSubstr("did not end within 5 s"));
}

TEST_F(MisbehavingServer, IgnoresSigtermWithItsWholeFamily) {
  expect_failure("stays-with-family", "stop", HasSubstr("did not end within 5 s"));
}

TEST_F(MisbehavingServer, ForksWildlyBeforeItIsReady) {
  expect_failure("forks-before-ready", "start", HasSubstr("forks wildly: "));
}

TEST_F(MisbehavingServer, ForksWildlyInMidTrial) {
  scenario_ = "tiny-echo.json";  // forking so often takes a busy machine more than a second
  expect_failure("forks-wildly", "load",
                 MatchesRegex("the server forks wildly: [0-9]+ processes, of 272 at the most .256, and 4 for "
                              "each of 4 connections.*"));
}

// Out of its process group and away from its parent.
TEST_F(MisbehavingServer, ForksWildlyAndDetaches) {
  scenario_ = "tiny-echo.json";  // forking so often takes a busy machine more than a second
  expect_failure("forks-wildly-detached", "load", HasSubstr("forks wildly: "));
}

// Whether the many that have ended, or the few that live, are noticed first is up to the machine; that none
// is left is not.
TEST_F(MisbehavingServer, NeverStopsForking) {
  add_subject("keeps-forking");
  const auto finished = threadmill_cli(
      {"run", (kHere / "impatient-echo.json").string(), "--models", "keeps-forking,epoll", "--repeats", "1",
       "--out", out().string(), "--no-report", "--subject-dir", (folder_.path() / "subjects").string()});
  EXPECT_EQ(results().end_outcome, "complete") << finished.err;
  EXPECT_EQ(my_children(), "");
}

// A server that logs without end is slow, not wrong: its log is kept short, and the trial counts.
TEST_F(MisbehavingServer, FloodsItsStandardError) {
  EXPECT_EQ(trial_with_flaw("floods-standard-error", 0)["outcome"], "ok");
}

// A server may detach a process from its group and its parent; it must not outlive the trial.
TEST_F(MisbehavingServer, LeavesAnOrphan) { EXPECT_EQ(trial_with_flaw("leaves-orphan", 0)["outcome"], "ok"); }

TEST_F(MisbehavingServer, IsNotInstalled) {
  const auto trial = trial_of("not-installed", kHere / "subjects", 1);
  EXPECT_EQ(trial["failure"]["stage"], "start");
  EXPECT_THAT(trial["failure"]["reason"],
              HasSubstr("threadmill-no-such-program is not installed: apt-get install no-such-package"));
}

}  // namespace
}  // namespace threadmill
