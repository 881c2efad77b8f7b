// `threadmill gate`: decisions from staged files, the wiring with real servers. What is measured here in
// milliseconds may be judged either way.

#include <gmock/gmock.h>

#include <set>

#include "harness/errors.h"
#include "tests/end_to_end/run_in_folder.h"
#include "tests/results/staged_gate.h"

namespace threadmill {
namespace {

using namespace harness;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class GateTest : public RunTest {
 protected:
  /// A staged file on the disk: subject epoll with this cost in CPU-us per request.
  std::string staged(const std::string& name, results::CostOf cost) const {
    return write(name, results::staged_file(name, {{"epoll", std::move(cost)}}, 20));
  }
  std::string write(const std::string& name, const results::ResultFile& file) const {
    auto header = file.header;
    header["schema_version"] = results::kSchemaVersion;
    std::string text = header.dump() + "\n";
    for (const auto& record : file.scenarios) text += record.dump() + "\n";
    for (const auto& record : file.trials) text += record.dump() + "\n";
    return folder_.write(name, text + R"({"record":"end","outcome":"complete"})" + "\n").string();
  }
  Finished judge(const std::string& baseline, const std::string& candidate,
                 std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"gate", "--baseline", baseline, "--candidate", candidate};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return threadmill_cli(arguments);
  }
  /// Measures now, for four seconds at most.
  Finished measure(const std::string& baseline, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"gate", "--baseline", baseline,      "--time",
                                       "4s",   "--out",      out().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return threadmill_cli(arguments);
  }
  /// Each subject's trials come in whole blocks, and the file says that a gate wrote it.
  void expect_blocks(std::size_t subjects) const {
    const auto file = results();
    EXPECT_EQ(file.header["run"]["kind"], "gate");
    EXPECT_EQ(file.end_outcome, "complete");
    EXPECT_EQ(file.trials.size() % (2 * subjects), 0U);
    EXPECT_GE(file.trials.size(), 2 * subjects);
    for (std::size_t i = 0; i < file.trials.size(); ++i) {
      EXPECT_EQ(file.trials[i]["outcome"], "ok") << file.trials[i]["failure"];
      EXPECT_EQ(file.trials[i]["repeat"], i / subjects) << "blocks follow each other";
    }
    EXPECT_TRUE(conforms_to_schema(out()));
  }
  std::set<std::string> subjects() const {
    std::set<std::string> names;
    for (const auto& trial : results().trials) names.insert(trial["subject"]);
    return names;
  }
};

const auto kJudged = AnyOf(kDone, kRegression, kInconclusive);

TEST_F(GateTest, ExitCodesAreTheOutcomes) {
  const auto baseline = staged("old.jsonl", results::noisy(10, 1, 1));
  const auto same = judge(baseline, staged("same.jsonl", results::noisy(10, 1, 2)));
  EXPECT_EQ(same.exit_code, kDone) << same.out << same.err;
  EXPECT_THAT(same.out, HasSubstr("passed"));
  const auto worse = judge(baseline, staged("worse.jsonl", results::noisy(11, 1, 3)));
  EXPECT_EQ(worse.exit_code, kRegression) << worse.out << worse.err;
  EXPECT_THAT(worse.out, HasSubstr("regression"));
  const auto noise = judge(baseline, staged("noise.jsonl", results::noisy(10, 30, 4)));
  EXPECT_EQ(noise.exit_code, kInconclusive) << noise.out << noise.err;
  EXPECT_THAT(noise.out, HasSubstr("would tell"));
}

TEST_F(GateTest, JsonIsTheJudgementAndPeopleReadItOnStandardError) {
  const auto baseline = staged("old.jsonl", results::noisy(10, 1, 1));
  const auto finished = judge(baseline, staged("new.jsonl", results::noisy(11, 1, 2)), {"--json"});
  EXPECT_EQ(finished.exit_code, kRegression) << finished.err;
  ASSERT_TRUE(conforms_to_schema(folder_.write("gate.json", finished.out)));
  const auto judgement = nlohmann::json::parse(finished.out);
  EXPECT_EQ(judgement["outcome"], "regression");
  EXPECT_EQ(judgement["cells"].at(0)["subject"], "epoll");
  EXPECT_NEAR(judgement["cells"].at(0)["worsening"]["ratio"], 1.1, 0.02);
  EXPECT_THAT(finished.err, HasSubstr("regression: 1 of 1 comparison"));
}

TEST_F(GateTest, ACandidateWithLostMessagesIsNotJudged) {
  const auto baseline = staged("old.jsonl", results::noisy(10, 1, 1));
  auto broken = results::staged_file("new.jsonl", {{"epoll", results::noisy(10, 1, 2)}}, 20);
  broken.trials[5]["load"]["integrity"]["lost"] = 1;
  const auto file = write("new.jsonl", broken);
  const auto finished = judge(baseline, file);
  EXPECT_EQ(finished.exit_code, kFailed) << finished.out << finished.err;
  const auto as_baseline = judge(file, baseline);
  EXPECT_EQ(as_baseline.exit_code, kBadInput) << as_baseline.out;
  EXPECT_THAT(as_baseline.err, HasSubstr("cannot be judged against: epoll in echo: messages lost"));
}

TEST_F(GateTest, TheLimitAndTheOutputsAreAsAsked) {
  const auto baseline = staged("old.jsonl", results::noisy(10, 1, 1));
  const auto candidate = staged("new.jsonl", results::noisy(11, 1, 2));
  const auto junit = (folder_.path() / "gate.xml").string();
  EXPECT_EQ(judge(baseline, candidate, {"--max-regression", "20%", "--junit", junit}).exit_code, kDone);
  EXPECT_TRUE(std::filesystem::exists(junit));
}

TEST_F(GateTest, BadInputIsToldBeforeAnythingIsMeasured) {
  const auto baseline = staged("old.jsonl", results::noisy(10, 1, 1));
  const auto candidate = staged("new.jsonl", results::noisy(10, 1, 2));
  const auto refused = [](const Finished& finished, const char* told) {
    EXPECT_EQ(finished.exit_code, kBadInput) << finished.out;
    EXPECT_THAT(finished.err, HasSubstr(told));
  };
  refused(judge("no-such-file", baseline), "--baseline");
  refused(judge(baseline, baseline), "given twice");
  refused(judge(folder_.write("text", "no result\n").string(), baseline), "--baseline");
  refused(judge(baseline, candidate, {"--metric", "cpu_us_per_reqest"}), "did you mean 'cpu_us_per_request'");
  refused(judge(baseline, candidate, {"--metric", "server_cpu_percent"}), "neither more nor less is better");
  refused(judge(baseline, candidate, {"--max-regression", "0"}), "--max-regression");
  refused(judge(baseline, candidate, {"--models", "fork"}),
          "--models: 'fork' is not in the baseline, which has: epoll");
  refused(judge(baseline, candidate, {"--models", "epoll", "--scenario", "chat"}),
          "--scenario: 'chat' is not in the baseline, which has: echo");
  refused(judge(baseline, candidate, {"--server", built("threadmill-server")}), "--server");
  refused(threadmill_cli({"gate", "--baseline", baseline, "--models", "fork"}),
          "--models: 'fork' is not in the baseline, which has: epoll");
  refused(threadmill_cli({"gate", "--baseline", built("threadmill-server"), "--time", "3s"}),
          "--time 3s: a block (each subject twice) takes");
  refused(threadmill_cli({"gate", "--baseline", built("threadmill-server"), "--server", baseline}),
          "is no program that can be executed");
  refused(threadmill_cli({"gate", "--baseline", "/bin/true", "--out", out().string()}),
          "epoll@bin/true does not start to serve echo");
}

TEST_F(GateTest, WhatOnlyTheBaselineHasIsNoPass) {
  std::vector<results::StagedSubject> many;
  for (const char* name : {"fork", "thread", "broker", "select", "poll", "process"})
    many.push_back({name, results::noisy(20, 1, 3)});
  const auto apart = write("apart.jsonl", results::staged_file("apart.jsonl", many, 6));
  many.push_back({"epoll", results::noisy(10, 1, 1)});
  const auto baseline = write("old.jsonl", results::staged_file("old.jsonl", many, 20));
  const auto candidate = staged("new.jsonl", results::noisy(10, 1, 2));
  const auto lacks = judge(baseline, candidate);
  EXPECT_EQ(lacks.exit_code, kInconclusive) << lacks.out << lacks.err;
  EXPECT_EQ(judge(baseline, candidate, {"--models", "epoll"}).exit_code, kDone);
  const auto nothing = judge(apart, candidate);
  EXPECT_EQ(nothing.exit_code, kBadInput) << nothing.out;
  EXPECT_THAT(nothing.err, HasSubstr("nothing in common"));
  EXPECT_THAT(nothing.err,
              HasSubstr("\n  fork in echo: The candidate has nothing to put beside it: only in apart"));
  EXPECT_THAT(nothing.err, HasSubstr("\n  and 2 more"));
}

TEST_F(GateTest, MeasuresWhatItsBaselineHas) {
  const auto baseline = folder_.path() / "baseline.jsonl";
  const auto recorded =
      threadmill_cli({"run", (kHere / "tiny-gate.json").string(), "--models", "epoll,thread,bare-epoll",
                      "--repeats", "2", "--out", baseline.string(), "--no-report"});
  ASSERT_EQ(recorded.exit_code, kDone) << recorded.err;
  const auto finished = measure(baseline.string(), {"--models", "epoll"});
  EXPECT_THAT(finished.exit_code, kJudged) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("epoll"));
  EXPECT_THAT(subjects(), UnorderedElementsAre("epoll", "bare-epoll")) << "with the yardstick";
  EXPECT_EQ(results().scenarios[0]["load"], results::read_result_file(baseline).scenarios[0]["load"]);
  expect_blocks(2);
}

TEST_F(GateTest, RunsABaselineProgramBesideTheCandidate) {
  const auto finished =
      measure(built("threadmill-server"), {"--scenario", (kHere / "tiny-gate.json").string()});
  EXPECT_THAT(finished.exit_code, kJudged) << finished.out << finished.err;
  EXPECT_THAT(subjects(), UnorderedElementsAre("epoll", "epoll@bin/threadmill-server"));
  expect_blocks(2);
}

}  // namespace
}  // namespace threadmill
