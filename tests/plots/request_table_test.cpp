#include "plots/report/request_table.h"

#include <gmock/gmock.h>

namespace threadmill::plots {
namespace {

using results::Metric;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

results::Spread exactly(double value) {
  results::Spread spread;
  spread.count = 1;
  spread.median = spread.min = spread.max = value;
  return spread;
}

results::Row row_of(const std::string& name) {
  results::Row row;
  row.subject = row.label = name;
  row.valid = 1;
  row.trials.resize(1);
  return row;
}

results::ScenarioComparison scenario_of(std::vector<results::Row> rows) {
  results::ScenarioComparison scenario;
  scenario.rows = std::move(rows);
  return scenario;
}

TEST(RequestTable, HasTheColumnsThatSomebodyHas) {
  auto epoll = row_of("epoll"), fork = row_of("fork");
  epoll.spreads[Metric::user_cpu_us_per_request] = exactly(1.5);
  epoll.spreads[Metric::syscalls_per_request] = exactly(2.25);
  const auto table = request_table(scenario_of({epoll, fork}));
  EXPECT_THAT(table.header, ElementsAre("Server", "user CPU-µs/request", "system calls/request"));
  EXPECT_THAT(table.rows[0], ElementsAre("epoll", "1.50", "2.25"));
  EXPECT_THAT(table.rows[1], ElementsAre("fork", "–", "–"));
  EXPECT_THAT(request_table(scenario_of({row_of("old")})).header, ElementsAre("Server"));
}

TEST(RequestTable, SystemCallsThatCouldNotBeCountedAreNotApplicableAndOneNoteSaysWhy) {
  auto epoll = row_of("epoll"), fork = row_of("fork");
  for (auto* row : {&epoll, &fork})
    row->trials[0].explanation.syscalls_unavailable = "tracefs is not mounted";
  const auto scenario = scenario_of({epoll, fork});
  EXPECT_THAT(request_table(scenario).rows[1], ElementsAre("fork", "n/a"));
  EXPECT_EQ(request_notes(scenario), "- System calls were not counted: tracefs is not mounted.\n");
}

TEST(RequestNotes, NameTheServersThatLostTheirSwitches) {
  auto epoll = row_of("epoll"), fork = row_of("fork");
  EXPECT_EQ(request_notes(scenario_of({epoll, fork})), "");
  fork.trials[0].explanation.threads_ended = true;
  EXPECT_THAT(request_notes(scenario_of({epoll, fork})), HasSubstr("processes of fork ended in the window"));
}

TEST(RequestNotes, TellTheWorstDifferenceOfTheTwoAccounts) {
  auto fork = row_of("fork");
  fork.trials.resize(2);
  fork.trials[0].explanation.account_error = 0.03;
  fork.trials[1].explanation.account_error = -0.08;
  const auto notes = request_notes(scenario_of({row_of("epoll"), fork}));
  EXPECT_THAT(notes, HasSubstr("fork: the CPU time that was sampled is -8.0 % off"));
  EXPECT_THAT(notes, Not(HasSubstr("epoll")));
}

}  // namespace
}  // namespace threadmill::plots
