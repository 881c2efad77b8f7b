#include "results/comparison/cell.h"

#include <gmock/gmock.h>

#include <functional>

#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Change = std::function<void(json&)>;

/// As many echo trials as there are changes, each changed by its own.
Row row_after(const std::vector<Change>& changes, const json& run_changes = json::object()) {
  std::vector<json> trials;
  for (std::size_t repeat = 0; repeat < changes.size(); ++repeat) {
    trials.push_back(echo_trial("epoll", static_cast<int>(repeat), 1000 + 10 * repeat));
    changes[repeat](trials.back());
  }
  ResultFile file = result_file("run.jsonl", trials);
  file.header["run"].update(run_changes);
  return compare({file}).scenarios.at(0).rows.at(0);
}

CellVerdict verdict_after(const std::vector<Change>& changes) { return judge_cell(row_after(changes)); }

void as_it_is(json&) {}

void with_a_busy_server(json& trial) { trial["samples"]["gates"]["measured"]["cpu_ns"] = 1'170'000'000; }

void with_a_busy_generator(json& trial) { trial["load"]["self"]["busiest_thread"] = 0.99; }

void at_a_rate_that_was_kept(json& trial) {
  trial["load"]["self"]["paced"] = true;
  trial["load"]["self"]["open"] = true;
}

void failed(json& trial) {
  trial["outcome"] = "failed";
  trial["failure"] = {{"stage", "load"}, {"reason", "server exited with status 1"}};
}

void with_errors(json& trial) { trial["load"]["errors"]["reset"] = 7; }

void with_lost_messages(json& trial) { trial["load"]["integrity"]["lost"] = 3; }

void with_half_of_its_connections(json& trial) { trial["load"]["connections"]["established"] = 5; }

void of_an_old_file(json& trial) { trial["load"].erase("self"); }

TEST(JudgeCell, ServerBoundNamesItsCpu) {
  const auto verdict = verdict_after({with_a_busy_server, with_a_busy_server, with_a_busy_server});
  EXPECT_EQ(verdict.state, CellState::server_bound);
  EXPECT_EQ(verdict.reason, "the server used 97 % of the CPUs it could use");
}

TEST(JudgeCell, TheTrialInTheMiddleByRateGivesTheReason) {
  std::vector<Change> changes;
  for (const std::int64_t cpu_ms : {990, 940, 910}) {
    changes.push_back([cpu_ms](json& trial) {
      trial["samples"]["gates"]["measured"]["cpu_ns"] = 200'000'000 + cpu_ms * 1'000'000;
      trial["load"]["completed"] = cpu_ms;
    });
  }
  EXPECT_EQ(verdict_after(changes).reason, "the server used 94 % of the CPUs it could use");
}

TEST(JudgeCell, GeneratorBoundNamesItsThread) {
  const auto verdict = verdict_after({with_a_busy_generator, with_a_busy_generator, with_a_busy_generator});
  EXPECT_EQ(verdict.state, CellState::generator_bound);
  EXPECT_THAT(verdict.reason,
              AllOf(HasSubstr("the generator's busiest thread was busy for 99 %"), HasSubstr("40 %")));
}

TEST(JudgeCell, LatencyBoundWhenNeitherSideWasFull) {
  const auto verdict = verdict_after({as_it_is, as_it_is, as_it_is});
  EXPECT_EQ(verdict.state, CellState::latency_bound);
  EXPECT_EQ(verdict.reason, "neither side was full; server 40 %, generator 50 % of a CPU busy");
}

TEST(JudgeCell, LatencyBoundWhenTheScheduleWasKept) {
  const auto verdict =
      verdict_after({at_a_rate_that_was_kept, at_a_rate_that_was_kept, at_a_rate_that_was_kept});
  EXPECT_EQ(verdict.state, CellState::latency_bound);
  EXPECT_EQ(verdict.reason,
            "all that was due was sent in time and answered; server 40 %, generator 50 % of a CPU busy");
}

TEST(JudgeCell, AMajorityDecidesAndSaysThatItIsOne) {
  const auto verdict = verdict_after({with_a_busy_server, as_it_is, with_a_busy_server});
  EXPECT_EQ(verdict.state, CellState::server_bound);
  EXPECT_THAT(verdict.reason, HasSubstr("(so in 2 of 3 valid trials)"));
}

TEST(JudgeCell, MixedWhenNoMoreThanHalfAgree) {
  const auto verdict =
      verdict_after({with_a_busy_server, with_a_busy_generator, with_a_busy_server, of_an_old_file});
  EXPECT_EQ(verdict.state, CellState::mixed);
  EXPECT_EQ(verdict.reason, "limits of 4 valid trials: 2 by the server, 1 by the generator, 1 not known");
}

TEST(JudgeCell, UnknownWhereNoTrialTells) {
  const auto verdict = verdict_after({of_an_old_file, of_an_old_file});
  EXPECT_EQ(verdict.state, CellState::unknown);
  EXPECT_THAT(verdict.reason, HasSubstr("none of 2 valid trials tells"));
}

TEST(JudgeCell, UnknownWhereServerAndGeneratorSharedTheirCpus) {
  const Row row = row_after({as_it_is, as_it_is}, {{"server_cpus", {0}}, {"generator_cpus", {0}}});
  EXPECT_EQ(judge_cell(row).state, CellState::unknown);
  EXPECT_EQ(judge_cell(row).reason, "server and generator ran on the same CPUs");
}

TEST(JudgeCell, InvalidWhenNoTrialCounts) {
  const auto verdict = verdict_after({failed, with_errors, failed});
  EXPECT_EQ(verdict.state, CellState::invalid);
  EXPECT_EQ(verdict.reason,
            "none of its 3 trials counts, 2 of them for the commonest cause: failed at load: server exited "
            "with status 1");
}

TEST(JudgeCell, CausesThatDifferInTheirNumbersOnlyAreOne) {
  const auto verdict =
      verdict_after({failed, with_errors, [](json& trial) { trial["load"]["errors"]["reset"] = 900; }});
  EXPECT_EQ(verdict.reason,
            "none of its 3 trials counts, 2 of them for the commonest cause: errors: 7 reset");
}

TEST(JudgeCell, InvalidWhenMoreThanOneTrialInTenFails) {
  const auto verdict = verdict_after({as_it_is, as_it_is, with_errors, as_it_is});
  EXPECT_EQ(verdict.state, CellState::invalid);
  EXPECT_EQ(verdict.reason, "1 of 4 trials does not count: errors: 7 reset");

  std::vector<Change> ten(10, as_it_is);
  ten[4] = with_errors;
  EXPECT_EQ(verdict_after(ten).state, CellState::latency_bound) << "1 of 10 is not more than one in ten";
  ten[5] = with_errors;
  EXPECT_EQ(verdict_after(ten).state, CellState::invalid);
}

TEST(JudgeCell, OneLostMessageInOneOfManyTrialsMakesItInvalid) {
  std::vector<Change> twenty(20, as_it_is);
  twenty[7] = with_lost_messages;
  const auto verdict = verdict_after(twenty);
  EXPECT_EQ(verdict.state, CellState::invalid);
  EXPECT_EQ(verdict.reason, "messages lost or wrong in 1 of 20 trials: 3 lost");
}

TEST(JudgeCell, MissingConnectionsInOneOfManyTrialsMakeItInvalid) {
  std::vector<Change> twenty(20, as_it_is);
  twenty[7] = with_half_of_its_connections;
  const auto verdict = verdict_after(twenty);
  EXPECT_EQ(verdict.state, CellState::invalid);
  EXPECT_EQ(verdict.reason, "connections missing in 1 of 20 trials: as few as 50 % of them were established");
}

TEST(JudgeCell, ARowWithoutTrialsIsInvalid) {
  EXPECT_EQ(judge_cell({}).state, CellState::invalid);
  EXPECT_FALSE(is_comparable({}));
}

TEST(CellStateName, IsAsTablesHaveIt) {
  EXPECT_EQ(cell_state_name(CellState::invalid), "invalid");
  EXPECT_EQ(cell_state_name(CellState::latency_bound), "latency-bound");
  EXPECT_EQ(cell_state_name(CellState::unknown), "unknown");
}

/// Rates of two subjects beside a ceiling, three repeats each; `change` is made to one trial of `subject`.
ScenarioComparison with_a_changed_trial(const std::string& changed, const Change& change) {
  std::vector<json> trials;
  for (const std::string subject : {"bare-epoll", "epoll", "fork", "thread"}) {
    for (int repeat = 0; repeat < 3; ++repeat) {
      trials.push_back(echo_trial(subject, repeat,
                                  subject == "fork"    ? 1000
                                  : subject == "epoll" ? 700
                                                       : 600));
      if (subject == changed && repeat == 1) change(trials.back());
    }
  }
  return compare({result_file("run.jsonl", trials)}).scenarios.at(0);
}

TEST(Judge, AnInvalidCellDoesNotWinAndIsNamed) {
  const auto scenario = with_a_changed_trial("fork", with_errors);
  const Verdict& verdict = scenario.verdicts.at(0);
  EXPECT_EQ(verdict.kind, Verdict::Kind::winner);
  EXPECT_EQ(verdict.leader, "epoll");
  EXPECT_THAT(verdict.left_out, testing::ElementsAre("fork"));
  ASSERT_EQ(verdict.ranking.size(), 2U);
  EXPECT_EQ(verdict.ranking[1].subject, "thread");
  EXPECT_TRUE(scenario.rows[2].spreads[Metric::requests_per_s]) << "its figures are still shown";
}

TEST(Compare, NoRatioOfOrToAnInvalidCell) {
  const auto fork_invalid = with_a_changed_trial("fork", with_lost_messages);
  EXPECT_FALSE(fork_invalid.rows[2].of_ceiling);
  EXPECT_TRUE(fork_invalid.rows[1].of_ceiling);
  const auto ceiling_invalid = with_a_changed_trial("bare-epoll", with_lost_messages);
  for (const Row& row : ceiling_invalid.rows) EXPECT_FALSE(row.of_ceiling) << row.subject;
}

}  // namespace
}  // namespace threadmill::results
