// What the command tells of models.

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/command.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kReference = std::string(THREADMILL_SOURCE_DIR) + "/results/reference/quick.jsonl";

TEST(Explain, TellsAnatomyAdviceAndTheCostsInAResultFile) {
  const auto finished = threadmill_cli({"explain", "epoll", "--results", kReference});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("clients ──> [ epoll_wait"), HasSubstr("Choose it when: "),
                                  HasSubstr("Not when: "), HasSubstr("How it fails: "),
                                  HasSubstr("CPU-µs/req"), HasSubstr("echo-64")));
}

TEST(Explain, AsJsonHasTheSame) {
  const auto finished = threadmill_cli({"explain", "fork", "--results", kReference, "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const auto document = nlohmann::json::parse(finished.out);
  EXPECT_EQ(document.at("traits").at("clients of each"), "one");
  EXPECT_GT(document.at("measured").at("cells").size(), 2U);
}

TEST(Explain, AMisspeltModelIsSuggested) {
  const auto finished = threadmill_cli({"explain", "epol"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("unknown model 'epol'"), HasSubstr("did you mean 'epoll'?")));
}

TEST(Explain, AResultFileThatIsNoneIsNamed) {
  const auto finished = threadmill_cli({"explain", "epoll", "--results", "none/such.jsonl"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("--results none/such.jsonl"));
}

TEST(ListModels, VerboselyHasTheTraits) {
  const auto finished = threadmill_cli({"list", "models", "--verbose"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out,
              AllOf(HasSubstr("clients of each"), HasSubstr("topics, rooms and each outbox (locks)")));
  const auto as_json = threadmill_cli({"list", "models", "--verbose", "--json"});
  const auto models = nlohmann::json::parse(as_json.out);
  const auto fork = std::ranges::find(models, "fork", [](const auto& model) { return model.at("name"); });
  ASSERT_NE(fork, models.end());
  EXPECT_EQ(fork->at("traits").at("concurrency"), "process per client");
}

}  // namespace
}  // namespace threadmill
