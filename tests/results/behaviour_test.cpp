#include "results/behaviour/behaviour.h"

#include <gmock/gmock.h>

#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json scenario_record(const std::string& name, const std::vector<std::string>& subjects,
                     const json& behaviour) {
  json record = echo_scenario(subjects);
  record["name"] = name;
  if (!behaviour.is_null()) record["behaviour"] = behaviour;
  return record;
}

json trial_of(const std::string& scenario, const std::string& subject, int repeat, std::uint64_t completed) {
  json trial = echo_trial(subject, repeat, completed);
  trial["scenario"] = scenario;
  return trial;
}

/// A trial in which the server dropped clients of 10, of whom so many had an answer again after 30 ms.
json losing(json trial, int lost, int returned) {
  trial["load"]["losses"] = {{"clients", lost},
                             {"connections", lost},
                             {"returned", returned},
                             {"requests", lost},
                             {"refused", 0},
                             {"first_ns", 5'100'000'000},
                             {"last_return_ns", returned > 0 ? 5'130'000'000 : 0},
                             {"longest_absence_ns", 0}};
  return trial;
}

/// A run of the calm scenario "echo" at 1000 a second and of "hard", whose trials are given.
Comparison comparison_of(const std::vector<json>& hard_trials, const json& behaviour,
                         const json& not_applicable = nullptr) {
  std::vector<json> trials;
  std::vector<std::string> subjects;
  for (const auto& trial : hard_trials) {
    const auto subject = trial["subject"].get<std::string>();
    trials.push_back(echo_trial(subject, trial["repeat"].get<int>(), 1000));
    if (std::find(subjects.begin(), subjects.end(), subject) == subjects.end()) subjects.push_back(subject);
  }
  trials.insert(trials.end(), hard_trials.begin(), hard_trials.end());
  ResultFile file = result_file("run.jsonl", trials);
  json hard = scenario_record("hard", subjects, behaviour);
  if (!not_applicable.is_null()) hard["not_applicable"] = not_applicable;
  file.scenarios = {scenario_record("echo", subjects, nullptr), hard};
  return compare({file});
}

json held_within(double part, const char* metric = "requests_per_s", const char* calm = "echo") {
  return {{"name", "hard times"}, {"calm", calm}, {"metric", metric}, {"held_within", part}};
}

BehaviourCell only_cell(const Comparison& comparison) {
  const auto tables = behaviour_tables(comparison);
  EXPECT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables.at(0).columns.size(), 1U);
  EXPECT_EQ(tables.at(0).columns[0].name, "hard times");
  EXPECT_EQ(tables.at(0).rows.size(), 1U);
  return tables.at(0).rows.at(0).cells.at(0);
}

TEST(Behaviour, ARunWithoutSuchScenariosHasNoTable) {
  EXPECT_TRUE(behaviour_tables(compare({result_file("run.jsonl", {echo_trial("epoll", 0, 100)})})).empty());
}

TEST(Behaviour, HeldOrDegradedIsToldByTheFigureAgainstTheCalmOne) {
  const auto held = only_cell(comparison_of({trial_of("hard", "epoll", 0, 850)}, held_within(0.8)));
  EXPECT_EQ(held.fared, Fared::held);
  EXPECT_NEAR(held.of_calm.value(), 0.85, 1e-9);
  const auto degraded =
      only_cell(comparison_of({trial_of("hard", "epoll", 0, 400), trial_of("hard", "epoll", 1, 500),
                               trial_of("hard", "epoll", 2, 990)},
                              held_within(0.8)));
  EXPECT_EQ(degraded.fared, Fared::degraded);
  EXPECT_NEAR(degraded.of_calm.value(), 0.5, 1e-9);
}

TEST(Behaviour, AFigureThatIsBetterWhenItIsLessMayGrowByThatMuch) {
  auto trial = trial_of("hard", "epoll", 0, 1000);
  trial["load"]["latency"]["service_time"] = histogram_of({4000}, 12'000);
  const auto p99 = [&](double part) {
    return only_cell(comparison_of({trial}, held_within(part, "service_p99_ns"))).fared;
  };
  EXPECT_EQ(p99(0.7), Fared::held);  // 3 us in the calm scenario
  EXPECT_EQ(p99(0.8), Fared::degraded);
}

TEST(Behaviour, WithoutACalmScenarioItIsHeldWhenItIsGotThrough) {
  EXPECT_EQ(only_cell(comparison_of({trial_of("hard", "epoll", 0, 1)}, {{"name", "hard times"}})).fared,
            Fared::held);
  const auto cell = only_cell(
      comparison_of({trial_of("hard", "epoll", 0, 1)}, held_within(0.8, "requests_per_s", "nowhere")));
  EXPECT_EQ(cell.fared, Fared::held);
  EXPECT_THAT(cell.reason, HasSubstr("no valid nowhere"));
}

TEST(Behaviour, ClientsThatAreLostCountMoreThanAnyFigure) {
  const auto back =
      only_cell(comparison_of({losing(trial_of("hard", "fork", 0, 1000), 1, 1)}, held_within(0.8)));
  EXPECT_EQ(back.fared, Fared::lost_clients);
  EXPECT_THAT(back.reason, HasSubstr("1 clients lost their connection (90 % kept theirs)"));
  EXPECT_THAT(back.reason, HasSubstr("all were served again 30 ms after the first loss"));
  auto trial = losing(trial_of("hard", "epoll", 0, 1000), 10, 0);
  trial["fault"] = {{"kind", "crash"}, {"server_exit", "the server was killed by SIGSEGV"}};
  const auto gone = only_cell(comparison_of({trial}, held_within(0.8)));
  EXPECT_EQ(gone.fared, Fared::lost_clients);
  EXPECT_THAT(gone.reason, HasSubstr("10 never came back; the server was killed by SIGSEGV"));
  EXPECT_EQ(
      only_cell(comparison_of({losing(trial_of("hard", "fork", 0, 1000), 0, 0)}, held_within(0.8))).fared,
      Fared::held);
}

TEST(Behaviour, WhatFailsOrCannotTakePartSaysWhy) {
  auto failed = trial_of("hard", "epoll", 0, 1000);
  failed["outcome"] = "failed";
  failed["failure"] = {{"stage", "load"}, {"reason", "it stalled"}};
  const auto tables =
      behaviour_tables(comparison_of({failed}, held_within(0.8), {{"thread", "it has no worker processes"}}));
  ASSERT_EQ(tables.at(0).rows.size(), 2U);
  EXPECT_EQ(tables[0].rows[0].cells[0].fared, Fared::failed);
  EXPECT_THAT(tables[0].rows[0].cells[0].reason, HasSubstr("it stalled"));
  EXPECT_EQ(tables[0].rows[1].subject, "thread");
  EXPECT_EQ(tables[0].rows[1].cells[0].fared, Fared::not_applicable);
  EXPECT_EQ(tables[0].rows[1].cells[0].reason, "it has no worker processes");
}

TEST(Behaviour, AColumnThatASubjectWasNotRunInIsEmpty) {
  auto comparison = comparison_of({trial_of("hard", "epoll", 0, 1000), trial_of("hard", "fork", 0, 1000)},
                                  held_within(0.8));
  comparison.scenarios.push_back(comparison.scenarios[1]);
  comparison.scenarios[2].behaviour->name = "harder";
  comparison.scenarios[2].rows.pop_back();
  const auto tables = behaviour_tables(comparison);
  ASSERT_EQ(tables.at(0).columns.size(), 2U);
  EXPECT_EQ(tables[0].rows.at(1).subject, "fork");
  EXPECT_EQ(tables[0].rows[1].cells.at(1).fared, Fared::not_run);
}

TEST(Behaviour, ScenariosThatAskForOtherThingsBesideTheLoadAreNotTheSame) {
  ResultFile calm = result_file("a.jsonl", {echo_trial("epoll", 0, 100)});
  ResultFile hard = result_file("b.jsonl", {echo_trial("epoll", 0, 100)});
  hard.scenarios.at(0)["server"] = {{"work", "5ms:1%"}};
  EXPECT_EQ(compare({calm, calm}).scenarios.size(), 1U);
  EXPECT_EQ(compare({calm, hard}).scenarios.size(), 2U);
}

}  // namespace
}  // namespace threadmill::results
