#include "harness/runs/run_plan.h"

#include <gmock/gmock.h>

#include "harness/errors.h"
#include "harness/runs/plan_text.h"
#include "servers/registry.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const fs::path kHome = THREADMILL_SOURCE_DIR;
const fs::path kServer = "/bin/sh";  // any program that is there: nothing is started

RunPlan plan_of(const RunRequest& request) { return make_run_plan(request, kHome, kServer); }

RunRequest request_of(std::vector<std::string> targets, std::vector<std::string> models = {}) {
  RunRequest request;
  request.targets = std::move(targets);
  request.models = std::move(models);
  return request;
}

std::string error_of(const RunRequest& request) {
  return thrown_by<InputError>([&] { plan_of(request); });
}

std::string subject_file(const std::string& name, const std::string& program) {
  return R"({"name": ")" + name +
         R"(", "summary": "s", "services": ["echo"], "ready": {"json_line": true}, "command": [")" + program +
         R"("]})";
}

TEST(RunPlan, QuickIsTheDefaultAndHasAllScenarios) {
  const auto plan = plan_of({});
  EXPECT_EQ(plan.suite, "quick");
  EXPECT_EQ(plan.name, "quick");
  EXPECT_EQ(plan.scenarios.size(), 6U);
  EXPECT_EQ(plan.slots.size(), 4U * (4U * 5U + 2U * 7U));
  EXPECT_TRUE(plan.notices.empty());
}

TEST(RunPlan, ScenariosByNameAndByPath) {
  const TemporaryFolder folder;
  const auto text =
      R"({"name": "mine", "title": "t", "question": "q", "service": "echo", "subjects": ["epoll"],
    "load": {"driver": "echo", "connections": 1, "message_bytes": 8, "pipeline": 1, "stop": {"messages": 1}}})";
  const auto plan = plan_of(request_of({"echo-64", folder.write("any.json", text).string()}));
  EXPECT_EQ(plan.suite, std::nullopt);
  ASSERT_EQ(plan.scenarios.size(), 2U);
  EXPECT_EQ(plan.scenarios[1].name, "mine");
  EXPECT_EQ(plan.repeats, 4);
}

TEST(RunPlan, ModelsAndRepeatsOverride) {
  auto request = request_of({"echo-64"}, {"epoll", "fork"});
  request.repeats = 1;
  const auto plan = plan_of(request);
  EXPECT_EQ(plan.slots.size(), 2U);
  EXPECT_THAT(plan.scenarios[0].subjects, ElementsAre("epoll", "fork"));
}

TEST(RunPlan, AServerAddressIsOneOfThisMachine) {
  auto request = request_of({"echo-64"});
  request.load_hosts = parse_load_hosts("a,b", "");
  request.server_address = "192.0.2.1";  // which RFC 5737 gives to nobody
  EXPECT_THAT(error_of(request), AllOf(HasSubstr("--server-address 192.0.2.1: no server can listen there"),
                                       HasSubstr("give an address of this machine")));
}

TEST(RunPlan, TimesAreOfTheScenarioUnlessAskedForOtherwise) {
  auto request = request_of({"echo-64"});
  const auto kept = plan_of(request).scenarios[0].load["stop"];
  request.duration_s = 0.25;
  const auto stop = plan_of(request).scenarios[0].load["stop"];
  EXPECT_EQ(stop["duration_s"], 0.25);
  EXPECT_EQ(stop["warmup_s"], kept["warmup_s"]);
  request.warmup_s = 0.125;
  EXPECT_EQ(plan_of(request).scenarios[0].load["stop"]["warmup_s"], 0.125);
}

TEST(RunPlan, ANumberOfMessagesHasNoLengthToSet) {
  const TemporaryFolder folder;
  const auto file = folder.write(
      "mine.json",
      R"({"name": "mine", "title": "t", "question": "q", "service": "echo", "subjects": ["epoll"],
    "load": {"driver": "echo", "connections": 1, "message_bytes": 8, "pipeline": 1, "stop": {"messages": 1}}})");
  auto request = request_of({file.string()});
  request.duration_s = 1;
  EXPECT_THAT(error_of(request), HasSubstr("mine ends by a number of messages: --duration"));
  request.targets.push_back("echo-64");
  EXPECT_THAT(plan_of(request).notices, Contains(HasSubstr("mine ends by a number of messages")));
}

TEST(RunPlan, SaysWhatItWouldRun) {
  auto request = request_of({"echo-64"}, {"epoll", "fork"});
  request.repeats = 3;
  request.duration_s = 0.25;
  request.warmup_s = 0.25;
  const auto text = plan_text(plan_of(request));
  EXPECT_THAT(text, AllOf(HasSubstr("echo-64: trials: 6, repeats: 3, about 4 s"),
                          HasSubstr("echo-64: epoll, fork (0.25 s after 0.25 s of warm-up)")));
}

TEST(RunPlan, ADelayOfTheFlushMayBeNamed) {
  const auto plan = plan_of(request_of({"chat-50"}, {"broker:delay:1ms", "broker"}));
  EXPECT_EQ(plan.subject("broker:delay:1ms").command.back(), "delay:1ms");
}

TEST(RunPlan, InASuiteAModelIsLeftOutWhereItCannotServe) {
  const auto plan = plan_of(request_of({"quick"}, {"bare-epoll", "epoll"}));
  EXPECT_THAT(plan.notices, ElementsAre(AllOf(HasSubstr("bare-epoll"), HasSubstr("chat-50, chat-500"))));
  for (const auto& slot : plan.slots)
    EXPECT_FALSE(slot.subject == "bare-epoll" && slot.scenario.starts_with("chat"));
  EXPECT_THAT(plan.slots, Contains(Slot{"chat-50", "epoll", 0}));
}

TEST(RunPlan, AskedForPlainlyItIsAnError) {
  EXPECT_THAT(error_of(request_of({"chat-50"}, {"bare-epoll"})),
              AllOf(HasSubstr("bare-epoll"), HasSubstr("chat-50")));
  EXPECT_THAT(error_of(request_of({"chat-50", "echo-64"}, {"bare-epoll", "epoll"})), HasSubstr("chat-50"));
}

TEST(RunPlan, UnknownNamesAreToldWithWhatWasMeant) {
  EXPECT_THAT(error_of(request_of({"quik"})), AllOf(HasSubstr("'quik'"), HasSubstr("did you mean 'quick'")));
  EXPECT_THAT(error_of(request_of({"quick"}, {"epol"})),
              AllOf(HasSubstr("unknown model 'epol'"), HasSubstr("did you mean 'epoll'"), HasSubstr("fork")));
  EXPECT_THAT(error_of(request_of({"quick", "echo-64"})), HasSubstr("alone"));
  EXPECT_THAT(error_of(request_of({"echo-64", "echo-64"})), HasSubstr("twice"));
}

TEST(RunPlan, WhatIsNotInstalledIsNotScheduledButRecorded) {
  const TemporaryFolder folder;
  folder.write("ghost.json", subject_file("ghost", "no-such-program-anywhere"));
  auto request = request_of({"echo-64"}, {"epoll", "ghost"});
  request.subject_folders = {folder.path()};
  const auto plan = plan_of(request);
  EXPECT_EQ(plan.slots.size(), 4U);
  ASSERT_EQ(plan.untried.size(), 1U);
  EXPECT_EQ(plan.untried[0].first, (Slot{"echo-64", "ghost", 0}));
  EXPECT_THAT(plan.untried[0].second, HasSubstr("no-such-program-anywhere is not installed"));
}

TEST(RunPlan, WhoServesOneClientAtATimeHasNoTrialsWithMore) {
  const auto plan = plan_of(request_of({"echo-64"}, {"iterative", "epoll"}));
  EXPECT_THAT(plan.scenarios.at(0).not_applicable.at("iterative"), HasSubstr("one client at a time"));
  EXPECT_THAT(plan_of(request_of({"calls-sync"}, {"iterative"})).scenarios.at(0).subjects,
              ElementsAre("iterative"));
}

TEST(RunPlan, WhomAScenarioDoesNotConcernIsNotScheduledAndThatIsTold) {
  const auto plan =
      plan_of(request_of({"echo-kill-worker"}, {"fork", "epoll", "bare-epoll", "python-thread"}));
  ASSERT_EQ(plan.scenarios.size(), 1U);
  const auto& scenario = plan.scenarios[0];
  EXPECT_THAT(scenario.subjects, ElementsAre("fork"));
  EXPECT_THAT(scenario.not_applicable.at("epoll"), HasSubstr("no worker processes"));
  EXPECT_THAT(scenario.not_applicable.at("bare-epoll"), HasSubstr("ceiling"));
  EXPECT_THAT(scenario.not_applicable.at("python-thread"), HasSubstr("no model of ours"));
  EXPECT_THAT(plan.notices, Contains(HasSubstr("epoll does not take part in echo-kill-worker")));
  EXPECT_EQ(scenario.to_json().at("not_applicable").size(), 3U);
  for (const auto& slot : plan.slots) EXPECT_EQ(slot.subject, "fork");
  EXPECT_THAT(error_of(request_of({"echo-kill-worker"}, {"epoll"})),
              AllOf(HasSubstr("nobody can take part in echo-kill-worker"), HasSubstr("no worker processes")));
  EXPECT_THAT(error_of(request_of({"echo-crash"}, {"python-thread"})), HasSubstr("no model of ours"));
}

TEST(RunPlan, EveryModelIsEachOfOursThatServesSeveralClientsAtATime) {
  const auto plan = plan_of(request_of({"echo-crash"}));
  std::vector<std::string> expected;
  for (const auto& model : servers::models()) {
    const auto& traits = model.traits;
    if (!traits.ceiling && !traits.one_at_a_time) expected.emplace_back(traits.name);
  }
  EXPECT_EQ(plan.scenarios.at(0).subjects, expected);
}

TEST(RunPlan, AWorkerIsKilledWithinTheWindow) {
  auto request = request_of({"echo-kill-worker"});
  request.duration_s = 0.5;
  EXPECT_THAT(error_of(request), AllOf(HasSubstr("--duration 0.5"), HasSubstr("1 s into the window")));
}

}  // namespace
}  // namespace threadmill::harness
