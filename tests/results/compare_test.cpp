#include <gmock/gmock.h>

#include "results/comparison/comparison.h"
#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Optional;

TEST(Compare, RunsOfBlocksTellTheirVerbTheirBlocksAndTheirPrograms) {
  std::vector<json> trials;
  for (int repeat = 0; repeat < 6; ++repeat) {
    for (const char* subject : {"epoll", "epoll@old"}) {
      trials.push_back(echo_trial(subject, repeat, 100));
      trials.back()["server"]["ready"]["model"] = "epoll";
      trials.back()["server"]["command"] = {std::string(subject) + "/threadmill-server"};
    }
  }
  ResultFile file = result_file("ab.jsonl", trials);
  file.header["run"]["kind"] = "ab";
  const auto run = compare({file}).runs.at(0);
  EXPECT_EQ(run.kind, "ab");
  EXPECT_EQ(run.blocks, 3U);
  EXPECT_EQ(run.fairness.at(0).name, "Program");
  EXPECT_THAT(run.fairness.at(0).value,
              testing::EndsWith("epoll/threadmill-server: epoll; epoll@old/threadmill-server: epoll@old"));
  EXPECT_EQ(compare({result_file("run.jsonl", {echo_trial("epoll", 0, 100)})}).runs.at(0).kind, "run");
}

TEST(Compare, AnInstrumentThatIsOffAtTheMedianIsNoted) {
  ResultFile file = result_file("run.jsonl", {echo_trial("epoll", 0, 100)});
  json& rows = file.header["selftest"]["truth"][0]["response_time"];
  rows = {{{"percentile", 50.0}, {"true_ns", 500'000}, {"error_ns", 90'000}, {"agrees", true}},
          {{"percentile", 99.0}, {"true_ns", 900'000}, {"error_ns", 90'000}, {"agrees", false}}};
  EXPECT_EQ(compare({file}).runs.at(0).instrument_problem, "");
  rows[0]["agrees"] = false;
  EXPECT_EQ(compare({file}).runs.at(0).instrument_problem, "its p50 was +90 us off a true 500 us");
}

const std::string& fact_called(const std::vector<Fact>& facts, const std::string& name) {
  const auto found =
      std::find_if(facts.begin(), facts.end(), [&](const Fact& fact) { return fact.name == name; });
  if (found == facts.end()) throw std::runtime_error("no fact called " + name);
  return found->value;
}

TEST(Compare, ASelftestThatFailedIsNoTrustworthyInstrument) {
  ResultFile file = result_file("run.jsonl", {echo_trial("epoll", 0, 100)});
  file.header["selftest"] = {{"failure", "nobody listened"}};
  const auto run = compare({file}).runs.at(0);
  EXPECT_THAT(run.instrument_problem, testing::StartsWith("it failed"));
  EXPECT_THAT(run.instrument_problem, testing::EndsWith("nobody listened"));
  EXPECT_EQ(fact_called(run.environment, "Load generator: error of response time"),
            "not measured: nobody listened");
}

TEST(Compare, ACeilingThatKeepsNoLimitsIsNamedAsTheException) {
  auto kept = echo_trial("epoll", 0, 100), bare = echo_trial("bare-epoll", 0, 100);
  kept["server"]["ready"] = {{"model", "epoll"}, {"max_connections", 10'000}, {"backlog", 4096}};
  bare["server"]["ready"] = {{"model", "bare-epoll"}, {"ceiling", true}, {"backlog", 4096}};
  const auto fairness = compare({result_file("run.jsonl", {kept, bare})}).runs.at(0).fairness;
  EXPECT_EQ(fact_called(fairness, "Most connections"), "10000 (bare-epoll, the ceiling, has none)");
  EXPECT_THAT(fact_called(fairness, "Listen backlog"), testing::StartsWith("4096 ("));
}

TEST(Compare, WithoutOurModelsNoBinaryHoldsThem) {
  auto trial = echo_trial("redis-server", 0, 100);
  trial["server"] = {{"command", {"redis-server"}}, {"ready", nullptr}};
  const auto fairness = compare({result_file("run.jsonl", {trial})}).runs.at(0).fairness;
  EXPECT_EQ(fact_called(fairness, "Program"), "none of our models ran");
}

TEST(Compare, AnInvalidTrialIsKeptAndLeftOutOfEveryNumber) {
  json broken = echo_trial("epoll", 1, 999'999);
  broken["load"]["integrity"]["lost"] = 4;
  const auto comparison =
      compare({result_file("run.jsonl", {echo_trial("epoll", 0, 100), broken, echo_trial("epoll", 2, 300)})});
  const Row& row = comparison.scenarios.at(0).rows.at(0);
  EXPECT_EQ(row.trials.size(), 3U);
  EXPECT_EQ(row.valid, 2U);
  EXPECT_EQ(row.spreads[Metric::requests_per_s]->median, 200);
  EXPECT_EQ(row.spreads[Metric::requests_per_s]->max, 300);
  EXPECT_EQ(row.latency(Latency::service)->count, 2 * 12'000U) << "its latencies are not merged in either";
  EXPECT_EQ(row.integrity.at("lost"), 4U);
  EXPECT_EQ(comparison.runs.at(0).invalid_trials, 1U);
}

TEST(Compare, PercentilesComeFromMergedHistograms) {
  json fast = echo_trial("epoll", 0, 100), slow = echo_trial("epoll", 1, 100);
  fast["load"]["latency"]["service_time"] = histogram_of(std::vector<std::int64_t>(900, 1000));
  slow["load"]["latency"]["service_time"] = histogram_of(std::vector<std::int64_t>(100, 2'000'000));
  const auto comparison = compare({result_file("run.jsonl", {fast, slow})});
  const auto& percentiles = comparison.scenarios.at(0).rows.at(0).latency(Latency::service);
  ASSERT_TRUE(percentiles);
  EXPECT_EQ(percentiles->count, 1000U);
  EXPECT_THAT(percentiles->p50_ns,
              Optional(DoubleNear(1000, 1)));  // the mean of the two p50 would be 1,000,500
  EXPECT_THAT(percentiles->p99_ns, Optional(DoubleNear(2'000'000, 2000)));
  EXPECT_EQ(percentiles->p999_ns, std::nullopt) << "one value lies above";
}

TEST(Compare, TheProportionToTheCeilingIsTakenWithinEachRepeat) {
  // The machine was twice as fast in repeat 1: for both.
  const auto comparison =
      compare({result_file("run.jsonl", {echo_trial("bare-epoll", 0, 100), echo_trial("epoll", 0, 90),
                                         echo_trial("bare-epoll", 1, 200), echo_trial("epoll", 1, 180)})});
  const auto& rows = comparison.scenarios.at(0).rows;
  EXPECT_TRUE(rows.at(0).ceiling);
  EXPECT_FALSE(rows.at(0).of_ceiling);
  ASSERT_TRUE(rows.at(1).of_ceiling);
  EXPECT_DOUBLE_EQ(rows.at(1).of_ceiling->min, 0.9);
  EXPECT_DOUBLE_EQ(rows.at(1).of_ceiling->max, 0.9);
}

// 0.9 of a ceiling that could have done more is 0.9 at most.
TEST(Compare, TheProportionToTheCeilingIsBoundByBoth) {
  const auto hidden = [](bool ceiling_held, bool epoll_held) {
    auto ceiling = echo_trial("bare-epoll", 0, 100), epoll = echo_trial("epoll", 0, 90);
    if (ceiling_held) hold_back(ceiling);
    if (epoll_held) hold_back(epoll);
    return compare({result_file("run.jsonl", {ceiling, epoll})}).scenarios.at(0).rows.at(1).of_ceiling_hidden;
  };
  EXPECT_EQ(hidden(false, false), Hidden::nothing);
  EXPECT_EQ(hidden(true, false), Hidden::less);
  EXPECT_EQ(hidden(false, true), Hidden::more);
  EXPECT_EQ(hidden(true, true), Hidden::either);
}

TEST(Compare, ARepeatWithAnInvalidPartnerIsNoPair) {
  json broken = echo_trial("fork", 1, 100);
  broken["load"]["errors"]["reset"] = 1;
  const auto comparison =
      compare({result_file("run.jsonl", {echo_trial("epoll", 0, 200), echo_trial("epoll", 1, 200),
                                         echo_trial("fork", 0, 100), broken})});
  const auto& rows = comparison.scenarios.at(0).rows;
  EXPECT_THAT(paired_ratios(rows.at(0), rows.at(1), Metric::requests_per_s), ElementsAre(2.0));
}

TEST(Compare, DeliveriesAreTheMainMetricOfPubsub) {
  json trial = echo_trial("broker", 0, 100);
  trial["load"]["deliveries"] = 5000;
  trial["load"]["latency"]["delivery"] = histogram_of({4000}, 1000);
  ResultFile file = result_file("run.jsonl", {trial});
  file.scenarios[0]["load"]["driver"] = "pubsub";
  const auto comparison = compare({file});
  const auto& scenario = comparison.scenarios.at(0);
  EXPECT_EQ(scenario.main_metric, Metric::deliveries_per_s);
  const Row& row = scenario.rows.at(0);
  EXPECT_EQ(row.spreads[Metric::deliveries_per_s]->median, 5000);
  EXPECT_DOUBLE_EQ(row.spreads[Metric::cpu_us_per_delivery]->median, 80);  // 400 ms / 5000
  EXPECT_THAT(row.latency(Latency::delivery)->p99_ns, Optional(DoubleNear(4000, 4)));
}

TEST(Compare, SeveralRunsOfOneExperimentStandSideBySideAndAreNeverPooled) {
  const auto comparison =
      compare({result_file("a/old.jsonl", {echo_trial("epoll", 0, 100), echo_trial("fork", 0, 50)}),
               result_file("b/old.jsonl", {echo_trial("epoll", 0, 300)})});
  ASSERT_EQ(comparison.scenarios.size(), 1U);
  std::vector<std::string> labels;
  for (const Row& row : comparison.scenarios[0].rows) labels.push_back(row.label);
  EXPECT_THAT(labels, ElementsAre("epoll @ old", "fork @ old", "epoll @ old#2"));
  EXPECT_EQ(comparison.scenarios[0].rows[2].spreads[Metric::requests_per_s]->median, 300);
  EXPECT_EQ(comparison.scenarios[0].verdicts.size(), 2U);
}

TEST(Compare, LoadsThatDifferAreDifferentExperiments) {
  ResultFile other = result_file("other.jsonl", {echo_trial("epoll", 0, 300)});
  other.scenarios[0]["load"]["connections"] = 11;
  EXPECT_EQ(compare({result_file("run.jsonl", {echo_trial("epoll", 0, 100)}), other}).scenarios.size(), 2U);
}

TEST(Compare, AScenarioWithoutTrialsIsStillThere) {
  ResultFile file = result_file("run.jsonl", {});
  file.end_outcome = "interrupted";
  const auto comparison = compare({file});
  ASSERT_EQ(comparison.scenarios.size(), 1U);
  EXPECT_TRUE(comparison.scenarios[0].rows.empty());
  EXPECT_FALSE(comparison.runs[0].complete);
}

TEST(Compare, PublishedFiguresAreReadAndOursComeInTheirUnit) {
  ResultFile file = result_file("run.jsonl", {echo_trial("fork", 0, 100)});
  file.scenarios[0]["published"] = json::parse(R"({"source":"001","machine":"a laptop","figures":[
    {"subject":"fork","metric":"memory_mib_max","value":9,"approximate":true},{"subject":"fork","metric":"odd"}]})");
  const auto comparison = compare({file});
  const auto& scenario = comparison.scenarios.at(0);
  ASSERT_EQ(scenario.published->figures.size(), 1U) << "a figure without a value is none";
  EXPECT_TRUE(scenario.published->figures[0].approximate);
  EXPECT_DOUBLE_EQ(ours_beside(scenario.rows[0], "memory_mib_max")->median, 12);
  EXPECT_FALSE(ours_beside(scenario.rows[0], "odd"));
}

TEST(Compare, WarnsOfABuildThatIsNotForMeasuring) {
  ResultFile file = result_file("run.jsonl", {echo_trial("epoll", 0, 100)});
  EXPECT_TRUE(compare({file}).runs[0].warnings.empty());
  file.header["environment"]["build_type"] = "Debug";
  EXPECT_THAT(compare({file}).runs[0].warnings, ElementsAre(testing::HasSubstr("Debug build")));
}

LimitCounts counts_of(const std::vector<std::optional<load::LimitedBy>>& limits) {
  LimitCounts counts;
  for (const auto& limit : limits) {
    counts.add(limit ? std::optional(load::LimitJudgement{*limit, ""}) : std::nullopt);
  }
  return counts;
}

TEST(LimitOf, TakesMoreThanHalfOfTheTrials) {
  using enum load::LimitedBy;
  EXPECT_EQ(limit_of(counts_of({generator, generator, server})), RowLimit::generator);
  EXPECT_EQ(limit_of(counts_of({server, server, generator})), RowLimit::server);
  EXPECT_EQ(limit_of(counts_of({none, none, server})), RowLimit::none);
  EXPECT_EQ(limit_of(counts_of({schedule, schedule, server})), RowLimit::schedule);
  EXPECT_EQ(limit_of(counts_of({generator, server})), RowLimit::mixed);
  EXPECT_EQ(limit_of(counts_of({generator, none, server})), RowLimit::mixed);
}

TEST(LimitOf, IsUnknownWhereNoTrialTells) {
  EXPECT_EQ(limit_of({}), RowLimit::unknown);
  EXPECT_EQ(limit_of(counts_of({std::nullopt, std::nullopt})), RowLimit::unknown);
  EXPECT_EQ(limit_of(counts_of({std::nullopt, load::LimitedBy::server})), RowLimit::mixed);
}

TEST(Compare, OnSharedCpusNobodyKnowsWhatTheLimitWas) {
  ResultFile file = result_file("run.jsonl", {echo_trial("epoll", 0, 100)});
  EXPECT_EQ(compare({file}).scenarios[0].rows[0].trials[0].limit->limited_by, load::LimitedBy::none);
  file.header["run"]["generator_cpus"] = {0, 1};
  const auto comparison = compare({file});
  const Row& row = comparison.scenarios[0].rows[0];
  EXPECT_TRUE(row.shared_cpus);
  EXPECT_FALSE(row.trials[0].limit);
  EXPECT_THAT(comparison.runs[0].warnings, ElementsAre(testing::HasSubstr("shared their CPUs")));
}

TEST(Compare, TheSameCpuNumbersOfTwoMachinesAreNotShared) {
  ResultFile file = result_file("run.jsonl", {echo_trial("epoll", 0, 100)});
  file.header["run"]["generator_cpus"] = {0, 1};
  file.header["run"]["server_host"] = {
      {"name", "b"}, {"environment", {{"cpu_model", "X"}, {"cpus_online", 8}, {"kernel", "Linux 7"}}}};
  const auto comparison = compare({file});
  EXPECT_FALSE(comparison.scenarios[0].rows[0].shared_cpus);
  EXPECT_EQ(comparison.runs[0].server_host, "b: X, 8 CPUs, Linux 7");
}

TEST(Compare, ASeedKeepsAllItsBits) {
  ResultFile file = result_file("run.jsonl", {echo_trial("epoll", 0, 100)});
  file.header["run"]["seed"] = 18'446'744'073'709'551'615ULL;
  EXPECT_EQ(compare({file}).runs[0].seed, 18'446'744'073'709'551'615ULL);
  file.header["run"]["seed"] = -1;
  EXPECT_EQ(compare({file}).runs[0].seed, 0U);
}

TEST(Compare, TheWindowIsTheMeasuredOneOfValidTrials) {
  json longer = echo_trial("epoll", 1, 100), broken = echo_trial("epoll", 2, 100);
  longer["load"]["window"]["end_ns"] = 6'450'000'000;
  broken["load"]["window"]["end_ns"] = 60'000'000'000;
  broken["load"]["errors"]["reset"] = 1;
  const auto comparison = compare({result_file("run.jsonl", {echo_trial("epoll", 0, 100), longer, broken})});
  const auto& window = comparison.scenarios.at(0).window_s;
  ASSERT_TRUE(window);
  EXPECT_DOUBLE_EQ(window->min, 1);
  EXPECT_DOUBLE_EQ(window->max, 1.45);
}

TEST(EnvironmentFacts, HaveTheVersionsOfForeignPrograms) {
  ResultFile file = result_file("run.jsonl", {echo_trial("epoll", 0, 100)});
  file.header["run"]["subject_versions"] = {{"redis-server", "Redis server v=7.0.15"}};
  const auto facts = compare({file}).runs.at(0).environment;
  ASSERT_FALSE(facts.empty());
  EXPECT_EQ(facts.back().name, "Version of redis-server");
  EXPECT_EQ(facts.back().value, "Redis server v=7.0.15");
}

TEST(FairnessFacts, NameWhatDiffersBetweenModels) {
  json other = echo_trial("broker", 0, 100);
  other["server"]["ready"]["flush"] = "tick";
  const auto run = compare({result_file("run.jsonl", {echo_trial("fork", 0, 100), other})}).runs.at(0);
  const auto flush =
      std::find_if(run.fairness.begin(), run.fairness.end(), [](const Fact& f) { return f.name == "Flush"; });
  ASSERT_NE(flush, run.fairness.end());
  EXPECT_EQ(flush->value, "differs: immediate: fork; tick: broker");
}

TEST(FairnessFacts, TellTheOptionsThatOnlySomeModelsHave) {
  json batch = echo_trial("broker", 0, 100), writers = echo_trial("broker:writers", 0, 100);
  batch["server"]["ready"]["distribute"] = "batch";
  writers["server"]["ready"]["distribute"] = "writers";
  const auto value_of = [](const std::vector<Fact>& facts, const std::string& name) {
    const auto found =
        std::find_if(facts.begin(), facts.end(), [&](const Fact& f) { return f.name == name; });
    return found == facts.end() ? std::string("none") : found->value;
  };
  const auto with =
      compare({result_file("run.jsonl", {echo_trial("fork", 0, 100), batch, writers})}).runs.at(0);
  EXPECT_EQ(value_of(with.fairness, "Ways to distribute"), "batch: broker; writers: broker:writers");
  const auto without = compare({result_file("run.jsonl", {echo_trial("fork", 0, 100)})}).runs.at(0);
  EXPECT_EQ(value_of(without.fairness, "Ways to distribute"), "none");
}

}  // namespace
}  // namespace threadmill::results
