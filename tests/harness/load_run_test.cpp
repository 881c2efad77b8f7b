#include "harness/trial/load_run.h"

#include <gmock/gmock.h>

#include "harness/errors.h"
#include "loadgen/plan.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

json report() {
  return json::parse(R"({"outcome": "complete", "failure": null, "errors": {"reset": 0, "timeout": 0},
                         "integrity": {"lost": 0, "corrupt": 0}})");
}

TEST(LoadRun, FlawlessReportHasNoComplaints) { EXPECT_EQ(complaints(report()), ""); }

TEST(LoadRun, EveryCountThatIsNotZeroIsNamed) {
  auto bad = report();
  bad["errors"]["reset"] = 3;
  EXPECT_EQ(complaints(bad), "errors: 3 reset");
  bad["integrity"]["lost"] = 1;
  EXPECT_EQ(complaints(bad), "errors: 3 reset; integrity: 1 lost");
}

TEST(LoadRun, FailureIsQuoted) {
  auto bad = report();
  bad["outcome"] = "failed";
  bad["failure"] = "no progress for 10 s";
  EXPECT_EQ(complaints(bad), "incomplete: no progress for 10 s");
  EXPECT_THAT(complaints(json::object()), HasSubstr("incomplete"));
}

TEST(LoadRun, ReportOfAnotherShapeIsIncomplete) {
  auto bad = report();
  bad["outcome"] = 0;
  EXPECT_THAT(complaints(bad), HasSubstr("incomplete"));
}

TEST(LoadRun, LineIsAGateOrAReport) {
  EXPECT_EQ(parse_load_line(R"({"gate":"connected"})", "load").gate, "connected");
  const auto line = parse_load_line(report().dump(), "load");
  EXPECT_EQ(line.gate, std::nullopt);
  EXPECT_EQ(line.report, report());
}

TEST(LoadRun, LineThatIsNeitherFailsTheTrial) {
  for (const std::string text : {"", "go", "[1]", R"({"gate": 3})"}) {
    EXPECT_THROW(parse_load_line(text, "load"), TrialFailure) << text;
  }
}

TEST(LoadRun, PlanGetsTargetCpusAndSeed) {
  const json load = {{"driver", "echo"}, {"connections", 64}, {"stop", {{"messages", 10}}}};
  const auto plan = plan_for(load, 4001, {1, 2}, 7);
  EXPECT_EQ(plan["target"], json({{"address", "127.0.0.1"}, {"port", 4001}}));
  EXPECT_EQ(plan["cpus"], json({1, 2}));
  EXPECT_EQ(plan["seed"], 7);
  EXPECT_EQ(plan["connections"], 64);
}

TEST(LoadRun, AsManyThreadsAsTheGeneratorHasCpusAndNoneWithoutAConnection) {
  const auto threads_of = [](const json& load, const os::CpuSet& cpus) {
    return plan_for(load, 1, cpus, 1)["threads"];
  };
  EXPECT_EQ(threads_of({{"connections", 64}}, {1}), 1);
  EXPECT_EQ(threads_of({{"connections", 64}}, {4, 5, 6, 7}), 4);
  EXPECT_EQ(threads_of({{"connections", 2}}, {4, 5, 6, 7}), 2);
  EXPECT_EQ(threads_of({{"publishers", 1}, {"subscribers", 2}}, {4, 5, 6, 7}), 3);
  EXPECT_EQ(threads_of({{"members", 1}}, {4, 5, 6, 7}), 2);
  EXPECT_EQ(threads_of({{"publishers", 1}, {"room_sizes", {1, 1}}}, {4, 5, 6, 7}), 3);
  EXPECT_EQ(threads_of({{"connections", 64}}, {}), 1);
  EXPECT_EQ(threads_of({{"connections", 64}, {"threads", 2}}, {4, 5, 6, 7}), 2) << "the scenario decides";
}

TEST(LoadRun, ScenarioMayFixTheSeed) { EXPECT_EQ(plan_for({{"seed", 3}}, 1, {}, 7)["seed"], 3); }

TEST(LoadRun, VerificationIsAFewMessages) {
  const json load = {{"driver", "pubsub"}, {"publishers", 4},     {"subscribers", 500},         {"topics", 9},
                     {"window", 32},       {"message_bytes", 64}, {"stop", {{"duration_s", 2}}}};
  const auto plan = verification_plan(plan_for(load, 1, {}, 1));
  EXPECT_EQ(plan["publishers"], 1);
  EXPECT_EQ(plan["subscribers"], 2);
  EXPECT_EQ(plan["topics"], 1);
  EXPECT_EQ(plan["message_bytes"], 64);
  EXPECT_TRUE(plan["stop"].contains("messages"));
}

TEST(LoadRun, VerificationAsksWhatTheLoadAsksAndAtNoRate) {
  const json load = {{"driver", "resp"},
                     {"connections", 100},
                     {"command", {"ECHO", "a"}},
                     {"arrivals", {{"process", "poisson"}, {"rate_per_s", 1000}}},
                     {"stop", {{"duration_s", 2}}}};
  const auto plan = load::parse_plan(verification_plan(plan_for(load, 1, {}, 1)));
  EXPECT_EQ(plan.requests.connections, 2U);
  EXPECT_EQ(plan.requests.command, (std::vector<std::string>{"ECHO", "a"}));
  EXPECT_FALSE(plan.arrivals.open());
  EXPECT_TRUE(plan.stop.messages);
}

TEST(LoadRun, VerificationOfRoomsAndRatesIsAFewMessagesToo) {
  const json load = {{"driver", "pubsub"},
                     {"members", 30},
                     {"room_sizes", {10, 20}},
                     {"message_bytes", {{"64", 9}, {"1024", 1}}},
                     {"arrivals", {{"process", "poisson"}, {"rate_per_s", 1000}}},
                     {"stop", {{"duration_s", 2}}}};
  const auto plan = load::parse_plan(verification_plan(plan_for(load, 1, {}, 1)));
  EXPECT_EQ(plan.connections(), 3U);
  EXPECT_FALSE(plan.arrivals.open());
  EXPECT_EQ(plan.pubsub.message_sizes.size(), 2U) << "the sizes are part of what is verified";
}

}  // namespace
}  // namespace threadmill::harness
