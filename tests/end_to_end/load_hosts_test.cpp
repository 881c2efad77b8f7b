// A run whose load comes from several processes, which an MPI starts.

#include <gmock/gmock.h>
#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/children.h"
#include "tests/support/eventually.h"
#include "tests/support/mpi_job.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class LoadHosts : public RunTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(built("threadmill-load-mpi")))
      GTEST_SKIP() << "threadmill-load-mpi is not built: install libopenmpi-dev and openmpi-bin";
    allow_mpi_job();
  }
  std::vector<std::string> words_from(const std::string& hosts, const std::vector<std::string>& more,
                                      const std::string& scenario) const {
    auto words = arguments(scenario, "epoll", 1);
    words.insert(words.end(), {"--load-hosts", hosts, "--no-syscalls"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Finished run_from(const std::string& hosts, const std::vector<std::string>& more = {},
                    const std::string& scenario = "tiny-echo.json") const {
    return threadmill_cli(words_from(hosts, more, scenario));
  }
  /// As a file, by its whole path.
  std::string written(const nlohmann::json& scenario) const {
    folder_.write("scenario.json", scenario.dump());
    return (folder_.path() / "scenario.json").string();
  }
};

TEST_F(LoadHosts, EachProcessIsInTheResultsAndInTheReport) {
  const auto finished = run_from("localhost:2");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const auto file = results();
  EXPECT_EQ(file.header["run"]["load_hosts"], nlohmann::json({"localhost:2"}));
  ASSERT_EQ(file.trials.size(), 1U);
  const auto& load = file.trials[0]["load"];
  EXPECT_EQ(load["completed"], 200);
  ASSERT_EQ(load["ranks"].size(), 2U);
  EXPECT_EQ(load["ranks"][0]["report"]["completed"], 100);
  EXPECT_EQ(load["ranks"][1]["report"]["completed"], 100);
  EXPECT_TRUE(conforms_to_schema(out()));
  EXPECT_EQ(threadmill_cli({"report", out().string(), "--format", "md"}).exit_code, 0);
  std::ifstream file_of_report(folder_.path() / "run/report.md");
  const std::string report{std::istreambuf_iterator<char>(file_of_report), {}};
  EXPECT_THAT(report, HasSubstr("rank 1 on "));
  EXPECT_THAT(report, HasSubstr("all together"));
  EXPECT_THAT(report, HasSubstr("localhost:2"));
  EXPECT_EQ(threadmill_cli({"report", out().string(), "--format", "json"}).exit_code, 0);
  const auto json_report = folder_.path() / "run/report.json";
  EXPECT_TRUE(conforms_to_schema(json_report));
  EXPECT_THAT(contents_of(json_report), HasSubstr("\"ranks\""));
}

TEST_F(LoadHosts, ARunAtAnAddressOfItsOwnCanBeGoneOnWith) {
  const std::vector<std::string> as_begun = {"--load-hosts", "localhost:2", "--server-address", "127.0.0.2"};
  auto words = arguments("tiny-echo.json", "epoll,fork", 1);
  words.insert(words.end(), as_begun.begin(), as_begun.end());
  ASSERT_EQ(threadmill_cli(words).exit_code, 0);
  const auto whole = lines_of(contents_of(out()));
  ASSERT_EQ(whole.size(), 5U);
  folder_.write("run.jsonl", whole[0] + "\n" + whole[1] + "\n" + whole[2] + "\n");
  const auto resume = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"run", "--resume", out().string(), "--no-report"});
    return threadmill_cli(more);
  };
  const std::vector<std::vector<std::string>> contradictions = {
      {"--load-hosts", "localhost:3"},
      {"--load-hosts", "localhost:2", "--server-address", "127.0.0.3"},
      {"--load-hosts", "localhost:2", "--rsh", "my-ssh"}};
  for (const auto& words_beside : contradictions) {
    const auto refused = resume(words_beside);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr(words_beside[words_beside.size() - 2] + ": the run in"));
  }
  const auto finished = resume(as_begun);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(results().trials.size(), 2U);
}

TEST_F(LoadHosts, AHostThatCannotBeReachedIsAFailedTrialWithItsReason) {
  // An address that RFC 5737 gives to nobody: a name would be looked up, for long where no server answers.
  const auto finished = run_from("192.0.2.1", {"--rsh", "/bin/false"});
  EXPECT_EQ(finished.exit_code, 1);
  const auto file = results();
  ASSERT_EQ(file.trials.size(), 1U);
  EXPECT_EQ(file.trials[0]["outcome"], "failed");
  EXPECT_THAT(file.trials[0]["failure"]["reason"].get<std::string>(),
              AllOf(HasSubstr("gave no report"), HasSubstr("unable to")));
}

std::string failure_in(const results::ResultFile& file) {
  return file.trials.at(0).at("failure").at("reason").get<std::string>();
}

/// In the environment of what is started while this lives: an mpirun before the real one in PATH.
class WrappedMpirun {
 public:
  explicit WrappedMpirun(const std::string& before) : path_(std::getenv("PATH")) {
    folder_.write("mpirun", "#!/bin/sh\n" + before + "\nPATH='" + path_ + "' exec mpirun \"$@\"\n");
    std::filesystem::permissions(folder_.path() / "mpirun", std::filesystem::perms::owner_all);
    ::setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
  }
  ~WrappedMpirun() { ::setenv("PATH", path_.c_str(), 1); }
  WrappedMpirun(const WrappedMpirun&) = delete;
  WrappedMpirun& operator=(const WrappedMpirun&) = delete;

 private:
  TemporaryFolder folder_;
  std::string path_;
};

// What the plan asks of another host is known there only.
TEST_F(LoadHosts, ARankThatIsShortOfDescriptorsIsTheReasonOfTheTrial) {
  const WrappedMpirun mpirun("ulimit -n 300");
  auto scenario = nlohmann::json::parse(contents_of(kHere / "tiny-echo.json"));
  scenario["load"]["connections"] = 1000;
  const auto finished = run_from("localhost:2", {}, written(scenario));
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_THAT(failure_in(results()),
              AllOf(HasSubstr("gave no report"), HasSubstr("threadmill-load-mpi: rank "),
                    HasSubstr("500 connections need "), HasSubstr("ulimit -Hn")));
}

/// The processes below `parent` that run this program.
std::vector<pid_t> that_run(const std::string& program, pid_t parent) {
  std::vector<pid_t> found;
  std::istringstream children(children_of(parent));
  for (pid_t child = 0; children >> child;) {
    const auto command = contents_of("/proc/" + std::to_string(child) + "/cmdline");
    if (command.starts_with(program + '\0')) found.push_back(child);
    const auto below = that_run(program, child);
    found.insert(found.end(), below.begin(), below.end());
  }
  return found;
}

TEST_F(LoadHosts, ARankThatIsKilledIsTheReasonOfTheTrial) {
  auto scenario = nlohmann::json::parse(contents_of(kHere / "tiny-echo.json"));
  scenario["load"]["stop"] = {{"duration_s", 60}};
  auto words = words_from("localhost:2", {}, written(scenario));
  words.insert(words.begin(), built("threadmill"));
  Command command(words);
  std::vector<pid_t> ranks;
  ASSERT_TRUE(eventually([&] {
    ranks = that_run(built("threadmill-load-mpi"), command.pid());
    return ranks.size() == 2;
  })) << command.err();
  ::kill(ranks[1], SIGKILL);
  const auto finished = command.wait();
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_THAT(failure_in(results()), AllOf(HasSubstr("gave no report"), HasSubstr("process rank 1 "),
                                           HasSubstr("exited on signal 9 (Killed)")));
}

}  // namespace
}  // namespace threadmill
