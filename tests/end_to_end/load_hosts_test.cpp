// A run whose load comes from several processes, which an MPI starts.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/mpi_job.h"

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
}

TEST_F(LoadHosts, AHostThatCannotBeReachedIsAFailedTrialWithItsReason) {
  const auto finished = run_from("host.invalid", {"--rsh", "/bin/false"});
  EXPECT_EQ(finished.exit_code, 1);
  const auto file = results();
  ASSERT_EQ(file.trials.size(), 1U);
  EXPECT_EQ(file.trials[0]["outcome"], "failed");
  EXPECT_THAT(file.trials[0]["failure"]["reason"].get<std::string>(), HasSubstr("gave no report"));
}

}  // namespace
}  // namespace threadmill
