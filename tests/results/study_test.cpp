#include "results/study/study.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "results/study/judgement.h"
#include "staged_study.h"
#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// The judgement of the one claim.
ClaimJudgement judged(const std::vector<StagedCell>& cells, const json& claim) {
  return judge_studies(compare({staged_study(cells, {claim})})).at(0).claims.at(0);
}

ClaimOutcome outcome_of(const std::vector<StagedCell>& cells, const json& claim) {
  return judged(cells, claim).outcome;
}

json claim_of_rates(const json& test) { return staged_claim("requests_per_s", {"small"}, test); }

json epoll_more(double by_at_least = 1) {
  return claim_of_rates({{"kind", "more"}, {"of", "epoll"}, {"than", "fork"}, {"by_at_least", by_at_least}});
}

json epoll_less() { return claim_of_rates({{"kind", "less"}, {"of", "epoll"}, {"than", "fork"}}); }

std::vector<StagedCell> two_cells(std::uint64_t epoll, std::uint64_t fork, std::size_t repeats = 8) {
  return {{"small", "epoll", steady_rates(epoll, 3, repeats)},
          {"small", "fork", steady_rates(fork, 5, repeats)}};
}

/// Now one, now the other is ahead.
std::vector<StagedCell> close_cells() {
  return {{"small", "epoll", {1010, 980, 1030, 960, 1050, 940, 1070, 920}},
          {"small", "fork", steady_rates(1000, 5)}};
}

TEST(JudgeClaim, MoreIsConfirmedByAnIntervalAboveOne) {
  const auto judgement = judged(two_cells(2000, 1000), epoll_more());
  EXPECT_EQ(judgement.outcome, ClaimOutcome::confirmed);
  ASSERT_EQ(judgement.evidence.size(), 1U);
  const auto& evidence = judgement.evidence[0];
  EXPECT_EQ(evidence.where, "small");
  EXPECT_EQ(evidence.reason, "");
  ASSERT_TRUE(evidence.number && evidence.number->interval);
  EXPECT_NEAR(evidence.number->ratio, 2, 0.02);
  EXPECT_GT(evidence.number->interval->low, 1.95);
  EXPECT_EQ(evidence.number->first_count, 8U);
}

TEST(JudgeClaim, MoreIsRefutedByAnIntervalBelowOne) {
  EXPECT_EQ(outcome_of(two_cells(1000, 2000), epoll_more()), ClaimOutcome::refuted);
}

TEST(JudgeClaim, AnIntervalOverBothSidesDecidesNothing) {
  const auto judgement = judged(close_cells(), epoll_more());
  EXPECT_EQ(judgement.outcome, ClaimOutcome::not_decided);
  EXPECT_EQ(judgement.evidence[0].reason, "the interval does not lie on one side of 1");
  EXPECT_TRUE(judgement.evidence[0].number) << "the number is told nevertheless";
}

TEST(JudgeClaim, TheLeastFactorIsWhatTheIntervalIsHeldAgainst) {
  EXPECT_EQ(outcome_of(two_cells(2000, 1000), epoll_more(1.5)), ClaimOutcome::confirmed);
  EXPECT_EQ(outcome_of(two_cells(2000, 1000), epoll_more(3)), ClaimOutcome::refuted);
  EXPECT_EQ(outcome_of(two_cells(1000, 1000), epoll_more(0.9)), ClaimOutcome::confirmed)
      << "as good, give or take";
}

TEST(JudgeClaim, LessLooksTheOtherWay) {
  EXPECT_EQ(outcome_of(two_cells(1000, 2000), epoll_less()), ClaimOutcome::confirmed);
  EXPECT_EQ(outcome_of(two_cells(2000, 1000), epoll_less()), ClaimOutcome::refuted);
  EXPECT_EQ(outcome_of(close_cells(), epoll_less()), ClaimOutcome::not_decided);
  auto half = epoll_less();
  half["test"]["by_at_least"] = 3;
  EXPECT_EQ(outcome_of(two_cells(1000, 2000), half), ClaimOutcome::refuted) << "a half is not a third";
}

TEST(JudgeClaim, OfACostToo) {
  const auto claim =
      staged_claim("cpu_us_per_request", {"small"}, {{"kind", "less"}, {"of", "epoll"}, {"than", "fork"}});
  EXPECT_EQ(outcome_of(two_cells(2000, 1000), claim), ClaimOutcome::confirmed);
}

TEST(JudgeClaim, FewerThanSixRepeatsDecideNothing) {
  const auto judgement = judged(two_cells(2000, 1000, 4), epoll_more());
  EXPECT_EQ(judgement.outcome, ClaimOutcome::not_decided);
  EXPECT_EQ(judgement.evidence[0].reason, "too few for an interval of 95 %; it takes 6");
  EXPECT_EQ(outcome_of(two_cells(2000, 1000, 6), epoll_more()), ClaimOutcome::confirmed);
}

TEST(JudgeClaim, ASubjectThatIsNotThereDecidesNothing) {
  auto claim = epoll_more();
  claim["test"]["than"] = "node";
  const auto judgement = judged(two_cells(2000, 1000), claim);
  EXPECT_EQ(judgement.outcome, ClaimOutcome::not_decided);
  EXPECT_EQ(judgement.evidence[0].reason, "nothing measured of node");
  EXPECT_FALSE(judgement.evidence[0].number);
}

TEST(JudgeClaim, AScenarioThatASubjectDidNotRunDecidesNothing) {
  auto cells = two_cells(2000, 1000);
  cells.push_back({"large", "epoll", steady_rates(1000, 3)});
  auto claim = epoll_more();
  claim["scenarios"] = {"large"};
  EXPECT_EQ(judged(cells, claim).evidence[0].reason, "nothing measured of fork in large");
}

TEST(JudgeClaim, AnInvalidCellDecidesNothing) {
  auto cells = two_cells(2000, 1000);
  cells[1].change = [](json& trial) { trial["load"]["integrity"]["lost"] = 3; };
  const auto judgement = judged(cells, epoll_more());
  EXPECT_EQ(judgement.outcome, ClaimOutcome::not_decided);
  EXPECT_THAT(judgement.evidence[0].reason, StartsWith("fork in small is invalid: messages lost or wrong"));
}

// The server could have done more than was measured.
TEST(JudgeClaim, ARateThatTheGeneratorHeldBackDecidesOnlyWhatItCouldNotTurn) {
  auto epoll_held = two_cells(2000, 1000), fork_held = epoll_held, fork_held_ahead = two_cells(1000, 2000);
  epoll_held[0].change = fork_held[1].change = fork_held_ahead[1].change = with_a_full_generator;

  const auto at_least = judged(epoll_held, epoll_more());
  EXPECT_EQ(at_least.outcome, ClaimOutcome::confirmed);
  EXPECT_EQ(at_least.evidence[0].hidden, Hidden::more);

  const auto unknown = judged(fork_held, epoll_more());
  EXPECT_EQ(unknown.outcome, ClaimOutcome::not_decided);
  EXPECT_EQ(unknown.evidence[0].reason, "the load generator held fork in small back");
  EXPECT_TRUE(unknown.evidence[0].number);

  EXPECT_EQ(outcome_of(fork_held_ahead, epoll_more()), ClaimOutcome::refuted);
  EXPECT_EQ(outcome_of(epoll_held, epoll_less()), ClaimOutcome::refuted);
  EXPECT_EQ(outcome_of(fork_held, epoll_less()), ClaimOutcome::not_decided);
}

TEST(JudgeClaim, ACostIsWhatItIsWhoeverWasTheLimit) {
  auto cells = two_cells(2000, 1000);
  cells[1].change = with_a_full_generator;
  const auto claim =
      staged_claim("cpu_us_per_request", {"small"}, {{"kind", "less"}, {"of", "epoll"}, {"than", "fork"}});
  EXPECT_EQ(outcome_of(cells, claim), ClaimOutcome::confirmed);
}

TEST(JudgeClaim, AValueOfZeroIsInNoProportion) {
  auto cells = two_cells(2000, 1000);
  cells[1].change = [](json& trial) {
    auto& gates = trial["samples"]["gates"];
    for (const char* kind : {"voluntary_switches", "involuntary_switches"})
      gates["measured"][kind] = gates["warm"][kind];
  };
  const auto claim =
      staged_claim("switches_per_request", {"small"}, {{"kind", "more"}, {"of", "epoll"}, {"than", "fork"}});
  EXPECT_THAT(judged(cells, claim).evidence[0].reason, StartsWith("a value of 0"));
}

TEST(JudgeClaim, AtLeastAndAtMostAreHeldAgainstAValue) {
  const auto asked = [](const char* kind, double value) {
    return claim_of_rates({{"kind", kind}, {"of", "epoll"}, {"value", value}});
  };
  const auto cells = two_cells(2000, 1000);
  EXPECT_EQ(outcome_of(cells, asked("at_least", 1900)), ClaimOutcome::confirmed);
  EXPECT_EQ(outcome_of(cells, asked("at_least", 2100)), ClaimOutcome::refuted);
  EXPECT_EQ(outcome_of(cells, asked("at_least", 2007)), ClaimOutcome::not_decided);
  EXPECT_EQ(outcome_of(cells, asked("at_most", 2100)), ClaimOutcome::confirmed);
  EXPECT_EQ(outcome_of(cells, asked("at_most", 1900)), ClaimOutcome::refuted);
  EXPECT_EQ(outcome_of(cells, asked("at_most", 2007)), ClaimOutcome::not_decided);
  EXPECT_NEAR(judged(cells, asked("at_least", 1900)).evidence[0].number->ratio, 2007, 7);
}

TEST(JudgeClaim, AValueThatTheGeneratorHeldBackMayStillBeEnough) {
  auto cells = two_cells(2000, 1000);
  cells[0].change = with_a_full_generator;
  const auto asked = [](double value) {
    return claim_of_rates({{"kind", "at_least"}, {"of", "epoll"}, {"value", value}});
  };
  EXPECT_EQ(outcome_of(cells, asked(1900)), ClaimOutcome::confirmed);
  EXPECT_EQ(outcome_of(cells, asked(2100)), ClaimOutcome::not_decided);
}

std::vector<StagedCell> three_sizes(std::uint64_t small, std::uint64_t middle, std::uint64_t large) {
  return {{"small", "epoll", steady_rates(small, 1)},
          {"middle", "epoll", steady_rates(middle, 3)},
          {"large", "epoll", steady_rates(large, 5)}};
}

json along_sizes(const char* kind) {
  return staged_claim("requests_per_s", {"small", "middle", "large"}, {{"kind", kind}, {"of", "epoll"}});
}

TEST(JudgeClaim, GrowsAndFallsStepByStep) {
  EXPECT_EQ(outcome_of(three_sizes(1000, 2000, 3000), along_sizes("grows_with")), ClaimOutcome::confirmed);
  EXPECT_EQ(outcome_of(three_sizes(1000, 2000, 1500), along_sizes("grows_with")), ClaimOutcome::refuted);
  EXPECT_EQ(outcome_of(three_sizes(1000, 2000, 2000), along_sizes("grows_with")), ClaimOutcome::not_decided);
  EXPECT_EQ(outcome_of(three_sizes(3000, 2000, 1000), along_sizes("falls_with")), ClaimOutcome::confirmed);
  EXPECT_EQ(outcome_of(three_sizes(1000, 2000, 3000), along_sizes("falls_with")), ClaimOutcome::refuted);
  const auto judgement = judged(three_sizes(3000, 2000, 1000), along_sizes("falls_with"));
  ASSERT_EQ(judgement.evidence.size(), 2U);
  EXPECT_EQ(judgement.evidence[1].where, "middle to large");
  EXPECT_NEAR(judgement.evidence[1].number->ratio, 0.5, 0.01);
}

TEST(JudgeClaim, AClaimHoldsInEachOfItsScenariosOrNotAtAll) {
  const auto in_both = [](std::uint64_t large_epoll, std::uint64_t large_fork) {
    auto cells = two_cells(2000, 1000);
    cells.push_back({"large", "epoll", steady_rates(large_epoll, 3)});
    cells.push_back({"large", "fork", steady_rates(large_fork, 5)});
    auto claim = epoll_more();
    claim["scenarios"] = {"small", "large"};
    return outcome_of(cells, claim);
  };
  EXPECT_EQ(in_both(3000, 1000), ClaimOutcome::confirmed);
  EXPECT_EQ(in_both(1000, 3000), ClaimOutcome::refuted);
  EXPECT_EQ(in_both(1000, 1000), ClaimOutcome::not_decided);
}

/// A comparison of one run, made by hand: reading thousands of records would take a minute.
class HandMade {
 public:
  /// Of requests/s; no two of them are in the same proportion.
  void add(const std::string& scenario, const std::string& subject, double rate, double noise,
           std::size_t repeats) {
    if (comparison_.scenarios.empty() || comparison_.scenarios.back().name != scenario)
      comparison_.scenarios.emplace_back().name = scenario;
    Row& row = comparison_.scenarios.back().rows.emplace_back();
    row.subject = subject;
    row.valid = repeats;
    for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
      Trial& trial = row.trials.emplace_back();
      trial.repeat = static_cast<std::int64_t>(repeat);
      trial.values[Metric::requests_per_s] =
          rate * (1 + noise * static_cast<double>(random_() % 1'000'003) / 1e6);
    }
  }
  ClaimJudgement judge(const std::vector<std::string>& scenarios) const {
    Claim claim;
    claim.kind = ClaimKind::more;
    claim.scenarios = scenarios;
    claim.metric = Metric::requests_per_s;
    claim.of = "epoll";
    claim.than = "fork";
    return judge_claim(comparison_, 0, claim);
  }

 private:
  Comparison comparison_;
  std::mt19937_64 random_{1};
};

/// A claim about five scenarios, of which the last speaks against it.
ClaimJudgement one_of_five_against(std::size_t repeats) {
  HandMade made;
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    names.push_back("s" + std::to_string(i));
    made.add(names.back(), "epoll", i < 4 ? 2000 : 1000, 0.01, repeats);
    made.add(names.back(), "fork", i < 4 ? 1000 : 2000, 0.01, repeats);
  }
  return made.judge(names);
}

TEST(JudgeClaim, OneScenarioOfSeveralRefutesBeyondTheirCorrectionOnly) {
  EXPECT_EQ(one_of_five_against(8).outcome, ClaimOutcome::refuted) << "p = 5 / 128";
  const auto judgement = one_of_five_against(6);  // 5 / 32
  EXPECT_EQ(judgement.outcome, ClaimOutcome::not_decided);
  EXPECT_EQ(judgement.evidence[4].outcome, ClaimOutcome::not_decided);
  EXPECT_EQ(
      judgement.evidence[4].reason,
      "against the claim, but one of 5 tests may be so by chance (p = 0.16 by Holm's method; it takes 8 "
      "repeats)");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(judgement.evidence[i].outcome, ClaimOutcome::confirmed);
}

TEST(JudgeClaim, ChanceRefutesAtMostOneOfFortyHoweverManyScenariosThereAre) {
  constexpr std::size_t claims = 400;
  HandMade made;
  std::vector<std::vector<std::string>> about_nothing(claims);
  for (std::size_t i = 0; i < claims; ++i) {
    for (int j = 0; j < 5; ++j) {
      about_nothing[i].push_back(std::to_string(i) + "-" + std::to_string(j));
      made.add(about_nothing[i].back(), "epoll", 1000, 0.2, 8);
      made.add(about_nothing[i].back(), "fork", 1000, 0.2, 8);
    }
  }
  const auto refuted = std::count_if(about_nothing.begin(), about_nothing.end(), [&](const auto& scenarios) {
    return made.judge(scenarios).outcome == ClaimOutcome::refuted;
  });
  EXPECT_LE(refuted, 18) << "10 are expected at most; without a correction some 37";
}

TEST(JudgeStudies, CountsTheClaimsThatANumberWasFoundFor) {
  auto absent = epoll_more();
  absent["test"]["than"] = "node";
  const auto file = staged_study(
      two_cells(2000, 1000),
      {epoll_more(), absent, staged_claim("", {"small"}, {{"kind", "delivers"}, {"of", "epoll"}})});
  EXPECT_EQ(claims_with_numbers(judge_studies(compare({file})).at(0)), 1U);
}

TEST(JudgeClaim, TheOtherSideMayBeOfAnotherScenario) {
  const auto claim =
      staged_claim("requests_per_s", {"large"},
                   {{"kind", "more"}, {"of", "epoll"}, {"than", "epoll"}, {"than_scenario", "small"}});
  EXPECT_EQ(outcome_of(three_sizes(1000, 1500, 2000), claim), ClaimOutcome::confirmed);
  EXPECT_EQ(outcome_of(three_sizes(2000, 1500, 1000), claim), ClaimOutcome::refuted);
}

TEST(JudgeClaim, ProportionsAreHeldAgainstProportions) {
  std::vector<StagedCell> cells = {{"small", "epoll", steady_rates(4000, 1)},
                                   {"large", "epoll", steady_rates(3000, 3)},
                                   {"small", "fork", steady_rates(2000, 5)},
                                   {"large", "fork", steady_rates(1000, 7)}};
  const auto claim =
      staged_claim("requests_per_s", {"large"},
                   {{"kind", "more"}, {"of", "epoll"}, {"than", "fork"}, {"relative_to", "small"}});
  const auto judgement = judged(cells, claim);
  EXPECT_EQ(judgement.outcome, ClaimOutcome::confirmed);
  EXPECT_NEAR(judgement.evidence[0].number->ratio, 1.5, 0.02);
  cells[0].change = with_a_full_generator;  // it may have lost more on the way than was seen
  EXPECT_EQ(outcome_of(cells, claim), ClaimOutcome::not_decided);
}

json epoll_delivers() { return staged_claim("", {"small"}, {{"kind", "delivers"}, {"of", "epoll"}}); }

TEST(JudgeClaim, DeliversIsConfirmedWhereNothingWentWrong) {
  const auto judgement = judged(two_cells(1000, 1000), epoll_delivers());
  EXPECT_EQ(judgement.outcome, ClaimOutcome::confirmed);
  EXPECT_EQ(judgement.evidence[0].reason, "no error in 8 trials");
}

TEST(JudgeClaim, DeliversIsRefutedByALostMessageAndByALostConnection) {
  for (const auto& [pointer, kind] :
       {std::pair{"/load/integrity/lost", "lost"}, {"/load/errors/reset", "reset"}}) {
    auto cells = two_cells(1000, 1000);
    const json::json_pointer counter(pointer);
    cells[0].change = [counter](json& trial) {
      if (trial["repeat"] == 2) trial[counter] = 3;
    };
    const auto judgement = judged(cells, epoll_delivers());
    EXPECT_EQ(judgement.outcome, ClaimOutcome::refuted);
    EXPECT_EQ(judgement.evidence[0].reason, std::string("in 1 of 8 trials: 3 ") + kind);
  }
}

TEST(JudgeClaim, WhatDidNotEvenStartDeliveredNothingAndRefutesNothing) {
  auto cells = two_cells(1000, 1000);
  cells[0].change = [](json& trial) {
    trial["outcome"] = "failed";
    trial["failure"] = {{"stage", "start"}, {"reason", "no such program"}};
    trial["load"] = nullptr;
    trial["samples"] = nullptr;
  };
  const auto judgement = judged(cells, epoll_delivers());
  EXPECT_EQ(judgement.outcome, ClaimOutcome::not_decided);
  EXPECT_THAT(judgement.evidence[0].reason, HasSubstr("no such program"));
}

/// Eight trials, of which the first `with_losses` lost a message each, and the last `failed` were not valid.
StagedCell cell_of_losses(std::size_t with_losses, std::size_t trials = 8, std::size_t failed = 0) {
  return {"small", "epoll", steady_rates(1000, 3, trials), [=](json& trial) {
            const auto repeat = trial["repeat"].get<std::size_t>();
            trial["load"]["continuity"]["lost"] = repeat < with_losses ? 1 : 0;
            if (repeat + failed >= trials) trial["outcome"] = "failed";
          }};
}

json claim_of_losses(const std::string& kind) {
  return staged_claim("messages_lost", {"small"}, {{"kind", kind}, {"of", "epoll"}});
}

TEST(JudgeClaim, OneCaseRefutesNeverAndConfirmsHappensInHoweverManyTrials) {
  for (const std::size_t trials : {1U, 8U}) {
    EXPECT_EQ(outcome_of({cell_of_losses(1, trials)}, claim_of_losses("never")), ClaimOutcome::refuted);
    EXPECT_EQ(outcome_of({cell_of_losses(1, trials)}, claim_of_losses("happens")), ClaimOutcome::confirmed);
  }
}

TEST(JudgeClaim, ThatThereWasNoCaseTakesSixTrialsAndAllOfThem) {
  EXPECT_EQ(outcome_of({cell_of_losses(0)}, claim_of_losses("never")), ClaimOutcome::confirmed);
  EXPECT_EQ(outcome_of({cell_of_losses(0)}, claim_of_losses("happens")), ClaimOutcome::refuted);
  EXPECT_EQ(outcome_of({cell_of_losses(0, 6)}, claim_of_losses("never")), ClaimOutcome::confirmed);
  const auto few = judged({cell_of_losses(0, 5)}, claim_of_losses("never"));
  EXPECT_EQ(few.outcome, ClaimOutcome::not_decided);
  EXPECT_THAT(few.evidence[0].reason, HasSubstr("it takes 6"));
  for (const char* kind : {"never", "happens"}) {
    const auto with_failed = judged({cell_of_losses(0, 8, 1)}, claim_of_losses(kind));
    EXPECT_EQ(with_failed.outcome, ClaimOutcome::not_decided);
    EXPECT_THAT(with_failed.evidence[0].reason, HasSubstr("1 more"));
  }
}

TEST(JudgeClaim, WhatNothingTestsIsNotDecided) {
  const auto judgement =
      judged(two_cells(1000, 1000), staged_claim("", {}, {{"kind", "not_tested"}, {"because", "b"}}));
  EXPECT_EQ(judgement.outcome, ClaimOutcome::not_decided);
  EXPECT_TRUE(judgement.evidence.empty());
  EXPECT_EQ(judgement.claim.because, "b");
}

TEST(JudgeStudies, EachRunIsJudgedByItsOwnTrials) {
  auto first = staged_study(two_cells(2000, 1000), {epoll_more()});
  auto second = staged_study(two_cells(1000, 2000), {epoll_more()});
  auto plain_run = result_file("run.jsonl", {echo_trial("epoll", 0, 100)});
  const auto judgements = judge_studies(compare({first, plain_run, second}));
  ASSERT_EQ(judgements.size(), 2U);
  EXPECT_EQ(judgements[0].run, 0U);
  EXPECT_EQ(judgements[0].claims[0].outcome, ClaimOutcome::confirmed);
  EXPECT_EQ(judgements[1].run, 2U);
  EXPECT_EQ(judgements[1].claims[0].outcome, ClaimOutcome::refuted);
}

TEST(JudgeStudies, NamesPeersOfWhichNothingWasMeasured) {
  auto file = staged_study(two_cells(2000, 1000), {epoll_more()});
  file.header["study"]["peers"] = {"node", "fork"};
  EXPECT_THAT(judge_studies(compare({file})).at(0).absent_peers, ElementsAre("node"));
}

TEST(StudyOf, IsNothingWhereTheHeaderSaysNothing) {
  EXPECT_FALSE(study_of(json::object()));
  EXPECT_FALSE(study_of({{"run", {{"study", "x"}}}}));
  EXPECT_FALSE(study_of({{"study", {{"title", "t"}}}}));
  EXPECT_FALSE(study_of({{"run", {{"study", 5}}}, {"study", json::array()}}));
}

TEST(StudyOf, WhatIsOfAnotherTypeIsAbsentAndItsClaimCannotBeTested) {
  const json header = {{"run", {{"study", "x"}}},
                       {"study",
                        {{"title", 5},
                         {"notes", {1, "two"}},
                         {"claims",
                          {7,
                           {{"text", "t"}, {"test", {{"kind", "of a newer version"}}}},
                           {{"text", "t"},
                            {"scenarios", {"s"}},
                            {"metric", "odd"},
                            {"test", {{"kind", "more"}, {"of", "a"}, {"than", "b"}}}},
                           {{"text", "t"},
                            {"scenarios", "s"},
                            {"metric", "requests_per_s"},
                            {"test", {{"kind", "at_most"}, {"of", "a"}}}}}}}}};
  const auto study = study_of(header);
  ASSERT_TRUE(study);
  EXPECT_EQ(study->title, "x");
  EXPECT_THAT(study->notes, ElementsAre("two"));
  ASSERT_EQ(study->claims.size(), 4U);
  for (const Claim& claim : study->claims) EXPECT_EQ(claim.kind, ClaimKind::unknown);
  EXPECT_EQ(study->claims[1].kind_name, "of a newer version");
}

}  // namespace
}  // namespace threadmill::results
