// Servers that are slowed on purpose: only builds that ask for it have them, and no result can hide it.

#include <gmock/gmock.h>

#include <fstream>

#include "results/file/facts.h"
#include "tests/end_to_end/run_in_folder.h"

namespace threadmill {
namespace {

using ::testing::HasSubstr;

class BurnTest : public RunTest {
 protected:
  /// Runs the tiny echo scenario with a subject "slowed": the server with the switch, and these arguments.
  Finished run_slowed(std::vector<std::string> more) const {
    std::vector<std::string> command = {built("../tests/burning-server"), "--service", "{service}", "--port",
                                        "{port}"};
    command.insert(command.end(), more.begin(), more.end());
    const nlohmann::json subject = {{"name", "slowed"},
                                    {"summary", "A server that is slowed on purpose"},
                                    {"services", {"echo"}},
                                    {"command", command},
                                    {"ready", {{"json_line", true}}}};
    std::ofstream(folder_.path() / "slowed.json") << subject;
    auto words = arguments("tiny-echo.json", "slowed", 1);
    words.insert(words.end(), {"--subject-dir", folder_.path().string()});
    return threadmill_cli(words);
  }

  /// "Slowed on purpose, ..." of the run's report; nothing where nobody was.
  std::optional<std::string> slowed_fact() const {
    const auto file = results();
    for (const auto& fact : results::fairness_facts(file.header, file.trials)) {
      if (fact.name.starts_with("Slowed on purpose")) return fact.value;
    }
    return std::nullopt;
  }
};

TEST_F(BurnTest, TheServerThatIsMeasuredHasNoSuchSwitch) {
  const auto refused = Command({built("threadmill-server"), "--model", "epoll", "--burn-ns", "500"}).wait();
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--burn-ns"));
  ASSERT_EQ(run("tiny-echo.json", "epoll", 1).exit_code, 0);
  EXPECT_FALSE(results().trials.at(0)["server"]["ready"].contains("burn_ns"));
  EXPECT_FALSE(slowed_fact());
}

TEST_F(BurnTest, ASlowedServerServesAndItsResultTellsByHowMuch) {
  for (const char* model : {"epoll", "fork", "thread", "broker"}) {
    SCOPED_TRACE(model);
    const auto finished = run_slowed({"--model", model, "--burn-ns", "500"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(results().trials.at(0)["server"]["ready"]["burn_ns"], 500);
    EXPECT_EQ(slowed_fact(), "500");
    std::filesystem::remove(out());
  }
}

TEST_F(BurnTest, ServersThatBurnNothingSayThatToo) {
  for (const auto& words : {std::vector<std::string>{"--model", "epoll"},
                            std::vector<std::string>{"--model", "bare-epoll", "--burn-ns", "500"}}) {
    const auto finished = run_slowed(words);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(results().trials.at(0)["server"]["ready"]["burn_ns"], 0);
    EXPECT_FALSE(slowed_fact());
    std::filesystem::remove(out());
  }
}

TEST(ReleasePreset, LeavesTheSwitchOut) {
  std::ifstream file(std::filesystem::path(THREADMILL_SOURCE_DIR) / "CMakePresets.json");
  const auto presets = nlohmann::json::parse(file);
  for (const auto& preset : presets["configurePresets"]) {
    const auto burn =
        preset.value("cacheVariables", nlohmann::json::object()).value("THREADMILL_BURN", "OFF");
    EXPECT_EQ(burn, preset["name"] == "burn" ? "ON" : "OFF") << preset["name"];
  }
}

}  // namespace
}  // namespace threadmill
