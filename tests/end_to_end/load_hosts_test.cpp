// A run whose load comes from several processes, which an MPI starts.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/mpi_job.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

using ::testing::HasSubstr;

class LoadHosts : public RunTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(built("threadmill-load-mpi")))
      GTEST_SKIP() << "threadmill-load-mpi is not built: install libopenmpi-dev and openmpi-bin";
    allow_mpi_job();
  }
  Finished run_from(const std::string& hosts, std::vector<std::string> more = {}) const {
    auto words = arguments("tiny-echo.json", "epoll", 1);
    words.insert(words.end(), {"--load-hosts", hosts, "--no-syscalls"});
    words.insert(words.end(), more.begin(), more.end());
    return threadmill_cli(words);
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
  EXPECT_THAT(file.trials[0]["failure"]["reason"].get<std::string>(), HasSubstr("gave no report"));
}

}  // namespace
}  // namespace threadmill
