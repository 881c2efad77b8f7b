#include "results/file/environment_difference.h"

#include <gmock/gmock.h>

#include "trial_records.h"

namespace threadmill::results {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

ResultFile measured() {
  ResultFile file = result_file("a.jsonl", {echo_trial("epoll", 0, 1000), echo_trial("fork", 0, 1000)});
  file.header["tool"] = {{"version", "0.1.0"}, {"git_commit", "0123456789abcdef"}, {"git_dirty", false}};
  file.header["environment"] = {{"cpu_model", "Example CPU"},
                                {"cpus_online", 2},
                                {"kernel", "Linux 6.1"},
                                {"governor", "performance"},
                                {"virtualised", true},
                                {"compiler", "GNU 12.2.0"},
                                {"compiler_flags", "-O2"},
                                {"build_type", "Release"},
                                {"memory_bytes", 8'589'934'592},
                                {"nofile_hard", 20000},
                                {"mitigations", {{"retbleed", "Not affected"}, {"mds", "Not affected"}}}};
  return file;
}

TEST(EnvironmentDifferences, OfTheSameMachineAreNone) {
  EXPECT_THAT(environment_differences(measured(), measured()), IsEmpty());
}

TEST(EnvironmentDifferences, ThatMatterComeFirstEachWithBothValuesAndAReason) {
  const ResultFile first = measured();
  ResultFile second = measured();
  second.header["environment"]["memory_bytes"] = 17'179'869'184;
  second.header["environment"]["kernel"] = "Linux 6.12";
  const auto differences = environment_differences(first, second);
  ASSERT_EQ(differences.size(), 2U);
  EXPECT_EQ(differences[0].name, "kernel");
  EXPECT_EQ(differences[0].first, "Linux 6.1");
  EXPECT_EQ(differences[0].second, "Linux 6.12");
  EXPECT_TRUE(differences[0].matters);
  EXPECT_NE(differences[0].why, "");
  EXPECT_EQ(differences[1].name, "memory");
  EXPECT_EQ(differences[1].second, "16.0 GiB");
  EXPECT_FALSE(differences[1].matters);
}

/// The names of what changes when `value` is put at `pointer` of the header.
std::vector<std::string> changed_by(const char* pointer, const nlohmann::json& value) {
  ResultFile second = measured();
  second.header[nlohmann::json::json_pointer(pointer)] = value;
  std::vector<std::string> names;
  for (const auto& difference : environment_differences(measured(), second)) {
    EXPECT_TRUE(difference.matters) << difference.name;
    names.push_back(difference.name);
  }
  return names;
}

TEST(EnvironmentDifferences, NameWhateverMayMoveTheFigures) {
  EXPECT_THAT(changed_by("/environment/cpu_model", "Other"), ElementsAre("CPU model"));
  EXPECT_THAT(changed_by("/environment/cpus_online", 8), ElementsAre("CPUs online"));
  EXPECT_THAT(changed_by("/environment/governor", nullptr), ElementsAre("CPU frequency governor"));
  EXPECT_THAT(changed_by("/environment/virtualised", false), ElementsAre("virtualised"));
  EXPECT_THAT(changed_by("/environment/compiler", "Clang 16"), ElementsAre("compiler"));
  EXPECT_THAT(changed_by("/environment/compiler_flags", "-O3"), ElementsAre("compiler flags"));
  EXPECT_THAT(changed_by("/environment/build_type", "Debug"), ElementsAre("build type"));
  EXPECT_THAT(changed_by("/environment/mitigations/retbleed", "IBRS"), ElementsAre("mitigation retbleed"));
  EXPECT_THAT(changed_by("/run/server_cpus", {0, 1}), ElementsAre("CPUs of the servers"));
  EXPECT_THAT(changed_by("/run/generator_cpus", {2}), ElementsAre("CPUs of the load generator"));
  EXPECT_THAT(changed_by("/run/server_host", {{"name", "b"}, {"environment", {{"kernel", "Linux 7"}}}}),
              ElementsAre("machine of the servers"));
  EXPECT_THAT(changed_by("/tool/version", "0.2.0"), ElementsAre("version of threadmill"));
}

TEST(EnvironmentDifferences, OfTheCommitAreToldAndDoNotMatter) {
  ResultFile second = measured();
  second.header["tool"]["git_dirty"] = true;
  const auto differences = environment_differences(measured(), second);
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(differences[0].second, "0123456789ab with uncommitted changes");
  EXPECT_FALSE(differences[0].matters);
}

TEST(EnvironmentDifferences, OfTheServersCommitAreNoOption) {
  ResultFile first = measured(), second = measured();
  for (auto& trial : first.trials) trial["server"]["ready"].update({{"commit", "aaa"}, {"dirty", false}});
  for (auto& trial : second.trials) trial["server"]["ready"].update({{"commit", "bbb"}, {"dirty", true}});
  EXPECT_THAT(environment_differences(first, second), IsEmpty());
}

TEST(EnvironmentDifferences, OfServerOptionsNameTheSubjects) {
  ResultFile second = measured();
  for (auto& trial : second.trials) trial["server"]["ready"]["flush"] = "tick";
  second.trials[0]["server"]["ready"]["port"] = 4711;  // no option
  EXPECT_THAT(environment_differences(measured(), second),
              ElementsAre(Field(&EnvironmentDifference::name, "server option flush (epoll, fork)")));
}

TEST(EnvironmentDifferences, AreNotMadeOfWhatOneSideDoesNotKnowYet) {
  ResultFile second = measured();
  second.header["environment"]["mitigations"]["new_one"] = "Not affected";
  second.trials = {echo_trial("thread", 0, 1000)};
  EXPECT_THAT(environment_differences(measured(), second), IsEmpty());
}

}  // namespace
}  // namespace threadmill::results
