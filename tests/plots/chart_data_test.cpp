// The data sets of charts, from a staged run whose figures follow from arithmetic.

#include "plots/charts/chart_data.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <set>

#include "files.h"
#include "plots/charts/chart_row.h"
#include "plots/words/family_words.h"
#include "results/comparison/comparison.h"
#include "staged_suite.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const results::Comparison& staged() {
  static const results::Comparison comparison = results::compare({staged_suite()});
  return comparison;
}

const json& staged_sets() {
  static const json sets = chart_data(staged());
  return sets;
}

std::vector<json> records_where(const json& set, const std::function<bool(const json&)>& holds) {
  std::vector<json> found;
  std::copy_if(set.begin(), set.end(), std::back_inserter(found), holds);
  return found;
}

/// The record of a subject in a scenario; the first where there are several.
json record_in(const json& set, const std::string& scenario, const std::string& subject) {
  const auto found = records_where(set, [&](const json& record) {
    return record["scenario"] == scenario && record["subject"] == subject;
  });
  return found.empty() ? json() : found.front();
}

json record_of(const char* set, const std::string& scenario, const std::string& subject) {
  return record_in(staged_sets().at(set), scenario, subject);
}

TEST(SixDigits, RoundsWithoutATailOfBinaryFractions) {
  EXPECT_EQ(json(six_digits(0.1234567891)).dump(), "0.123457");
  EXPECT_EQ(json(six_digits(123456789.0)).dump(), "123457000.0");
  EXPECT_EQ(json(six_digits(-2.0 / 3)).dump(), "-0.666667");
  EXPECT_EQ(six_digits(0), 0);
}

TEST(CellData, HasEveryFigureOfARowUnderItsName) {
  const json cell = record_of("cells", "echo-16-64", "epoll");
  EXPECT_EQ(cell["connections"], 16);
  EXPECT_EQ(cell["message_bytes"], 64);
  EXPECT_EQ(cell["pipeline"], 1);
  EXPECT_FALSE(cell.contains("subscribers"));
  EXPECT_EQ(cell["unit"], "requests/s");
  EXPECT_EQ(cell["main"], 140'000);
  EXPECT_EQ(cell["main"], cell["requests_per_s"]);
  EXPECT_LT(cell["requests_per_s_low"], cell["requests_per_s"]);
  EXPECT_GT(cell["requests_per_s_high"], cell["requests_per_s"]);
  EXPECT_NEAR(cell["of_ceiling"].get<double>(), 0.875, 1e-6);
  EXPECT_EQ(cell["standing"], "winner");
  EXPECT_NEAR(cell["peak_mib"].get<double>() * 1048576, cell["pss_peak_bytes"].get<double>(), 10);
  EXPECT_EQ(cell["comparable"], true);
  EXPECT_FALSE(cell.contains("deliveries_per_s")) << "an echo delivers nothing";
}

TEST(CellData, TellsStandings) {
  EXPECT_EQ(record_of("cells", "echo-16-64", "broker")["standing"], "beaten");
  EXPECT_EQ(record_of("cells", "echo-16-64", "bare-epoll (ceiling)")["standing"], "not judged");
  EXPECT_EQ(record_of("cells", "echo-1024-64", "broker")["standing"], "too close");
  EXPECT_EQ(record_of("cells", "echo-1024-64", "fork")["standing"], "invalid");
  EXPECT_EQ(record_of("cells", "echo-open", "epoll")["standing"], "not judged") << "the rate is set";
}

TEST(TrialData, HasARecordForEachTrialWithItsProblem) {
  const auto trials = records_where(staged_sets().at("trials"), [](const json& record) {
    return record["scenario"] == "echo-1024-64" && record["subject"] == "fork";
  });
  ASSERT_EQ(trials.size(), 3U);
  EXPECT_EQ(trials[0]["repeat"], 1);
  EXPECT_EQ(trials[0]["valid"], false);
  EXPECT_EQ(trials[1]["valid"], true);
  EXPECT_EQ(trials[0]["problem"], "integrity: 3 lost");
  EXPECT_EQ(trials[0]["connections"], 1024);
}

TEST(StandingData, SaysInWordsWhoWins) {
  EXPECT_EQ(record_of("standings", "echo-16-64", "epoll")["text"], "wins");
  EXPECT_EQ(record_of("standings", "echo-16-64", "thread")["text"], "75.0 %");
  EXPECT_EQ(record_of("standings", "echo-1024-64", "broker")["text"], "≈ 100 %");
  EXPECT_EQ(record_of("standings", "echo-1024-64", "fork")["text"], "invalid");
  EXPECT_TRUE(record_of("standings", "echo-16-64", "bare-epoll (ceiling)").is_null());
  EXPECT_TRUE(record_of("standings", "echo-open", "epoll").is_null()) << "nobody wins a rate that is set";
}

TEST(LevelData, HasAPanelForEachFamilyAndALevelForEachScenario) {
  const json& records = staged_sets().at("by_connections");
  std::set<std::string> panels;
  std::set<double> levels;
  for (const json& record : records) {
    panels.insert(record["panel"].get<std::string>());
    levels.insert(record["level"].get<double>());
  }
  EXPECT_THAT(panels, testing::ElementsAre("echo, 4,096-byte messages", "echo, 64-byte messages"));
  EXPECT_THAT(levels, testing::ElementsAre(16, 128, 1024));
  EXPECT_EQ(records.size(), 30U) << "six scenarios of five subjects; the open one differs in more";
  EXPECT_EQ(staged_sets().at("by_subscribers").size(), 12U);
  EXPECT_EQ(staged_sets().at("by_message_bytes").size(), 30U);
}

TEST(LevelData, ASingleLevelIsNoSet) {
  const json sets = chart_data(results::compare({results::read_result_file(data_folder / "small.jsonl")}));
  EXPECT_FALSE(sets.contains("by_connections"));
  EXPECT_FALSE(sets.contains("by_grid"));
  EXPECT_FALSE(sets.contains("response_service")) << "nothing is paced";
}

TEST(GridData, HasAFieldForEachScenarioWithItsWinner) {
  const json& grid = staged_sets().at("by_grid");
  ASSERT_EQ(grid.size(), 6U);
  for (const json& field : grid) {
    const bool tie = field["x"] == 1024;
    EXPECT_EQ(field["outcome"], tie ? "too close" : "winner") << field;
    EXPECT_EQ(field["subject"], "epoll") << field;
    EXPECT_EQ(field["text"], tie ? "too close" : "epoll") << field;
    EXPECT_EQ(field["color"], tie ? "#999999" : "#0072B2") << field;
  }
  EXPECT_EQ(grid[0]["x_text"], "16 connections");
  EXPECT_EQ(grid[0]["y_text"], "64 bytes");
  EXPECT_THAT(grid[0]["panel"].get<std::string>(), HasSubstr("p99 of service time below 100 ms"));
}

TEST(PercentileData, IsALineForEachLatencyUpToWhatWasMeasured) {
  const auto points = records_where(staged_sets().at("percentiles"), [](const json& record) {
    return record["scenario"] == "echo-open" && record["subject"] == "epoll" &&
           record["latency"] == "response time";
  });
  ASSERT_FALSE(points.empty());
  EXPECT_EQ(points.front()["one_in"], 1);
  EXPECT_EQ(points.back()["percentile"], 99.97) << "10 of 36,000 and more lie beyond";
  EXPECT_NEAR(points.back()["one_in"].get<double>(), 3333.33, 0.01);
  EXPECT_EQ(points.front()["main"], true);
  for (std::size_t i = 1; i < points.size(); ++i) EXPECT_GE(points[i]["value"], points[i - 1]["value"]);
}

TEST(PercentileData, PutsResponseBesideServiceTimeWhereAScheduleSends) {
  const json& records = staged_sets().at("response_service");
  std::set<std::string> scenarios, counted_from;
  for (const json& record : records) {
    scenarios.insert(record["scenario"].get<std::string>());
    counted_from.insert(record["counted_from"].get<std::string>());
  }
  EXPECT_THAT(scenarios, testing::ElementsAre("echo-open"));
  EXPECT_EQ(counted_from.size(), 2U);
}

TEST(CeilingData, IsInPercentOfTheCeilingOfTheSameRepeat) {
  EXPECT_EQ(record_of("of_ceiling", "echo-16-64", "epoll")["value"], 87.5);
  EXPECT_EQ(record_of("of_ceiling", "echo-16-64", "epoll")["text"], "87.5 %");
  EXPECT_EQ(record_of("of_ceiling", "echo-16-64", "bare-epoll (ceiling)")["value"], 100);
  EXPECT_EQ(record_of("of_ceiling", "echo-1024-64", "fork")["text"], "invalid");
  EXPECT_TRUE(record_of("of_ceiling", "echo-open", "epoll").is_null()) << "all keep the same rate";
}

TEST(CeilingData, OfAFanOutIsInPercentOfWhatTheLoopbackCopies) {
  const json epoll = record_of("of_ceiling", "chat-10", "epoll");
  EXPECT_NEAR(epoll["value"].get<double>(), 100.0 * 560'000 * 64 / 2e9, 0.001) << "deliveries/s of 64 bytes";
  EXPECT_EQ(epoll["panel"], "Chat fan-out to 10 subscribers (% of the loopback's copy rate)");
}

TEST(AgainstData, HasThePlaceOfEachServerBesideTheFirst) {
  const json first = record_of("against", "echo-16-64", "epoll");
  EXPECT_EQ(first["kind"], "first");
  EXPECT_EQ(first["value"], 1);
  EXPECT_EQ(first["panel"], "Echo, 16 connections, 64 bytes (requests/s ÷ epoll's)");
  const json thread = record_of("against", "echo-16-64", "thread");
  EXPECT_EQ(thread["kind"], "ratio");
  EXPECT_EQ(thread["value"], 0.75);
  EXPECT_EQ(thread["text"], "0.750×");
  EXPECT_EQ(thread["repeats"], 3);
  EXPECT_EQ(thread["position"], "behind");
  EXPECT_EQ(thread["confidence"], 75) << "three repeats have no interval of 95 %";
  EXPECT_LE(thread["low"], thread["high"]);
  EXPECT_EQ(record_of("against", "echo-1024-64", "fork")["text"], "invalid");
  EXPECT_TRUE(record_of("against", "echo-16-64", "bare-epoll (ceiling)").is_null()) << "it does not compete";
}

TEST(AgainstData, IsOfCpuTimeWhereTheRateIsSet) {
  const auto records = records_where(staged_sets().at("against"),
                                     [](const json& record) { return record["scenario"] == "echo-open"; });
  ASSERT_EQ(records.size(), 4U);
  EXPECT_THAT(records[0]["panel"].get<std::string>(), HasSubstr("(CPU-µs/request ÷ "));
}

TEST(ChartData, BoundsWhatTheGeneratorHidPartOf) {
  auto comparison = staged();
  auto& scenario = comparison.scenarios.at(0);
  ASSERT_EQ(scenario.name, "echo-16-64");
  for (results::Row& row : scenario.rows) {
    if (row.subject != "epoll") continue;
    row.limits = {3, 3, 0, 0, 0};
    row.of_ceiling_hidden = results::Hidden::more;
  }
  for (results::Place& place : scenario.verdicts.at(0).ranking)
    if (place.subject == "thread") place.hidden = results::Hidden::less;
  const json sets = chart_data(comparison);
  const auto text = [&](const char* set, const char* subject) {
    return record_in(sets.at(set), "echo-16-64", subject)["text"].get<std::string>();
  };
  EXPECT_THAT(text("throughput", "epoll"), testing::StartsWith("≥ "));
  EXPECT_THAT(text("latency", "epoll"), testing::StartsWith("≤ "));
  EXPECT_THAT(text("cpu", "epoll"), Not(HasSubstr(" "))) << "a cost is what it is";
  EXPECT_THAT(text("throughput", "thread"), Not(HasSubstr("≥")));
  EXPECT_EQ(text("of_ceiling", "epoll"), "≥ 87.5 %");
  EXPECT_EQ(text("standings", "thread"), "≤ 75.0 %");
}

TEST(CpuPartsData, AddsUserAndSystemUpToTheWhole) {
  const auto records = records_where(staged_sets().at("cpu_parts"), [](const json& record) {
    return record["scenario"] == "echo-16-64" && record["subject"] == "epoll";
  });
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0]["part"], "user");
  EXPECT_EQ(records[1]["part"], "system");
  EXPECT_EQ(records[2]["kind"], "median");
  const double sum = records[0]["value"].get<double>() + records[1]["value"].get<double>();
  EXPECT_NEAR(records[2]["value"].get<double>(), sum, 1e-4);
  EXPECT_NEAR(records[0]["value"].get<double>() / sum, 0.35, 1e-3);
  EXPECT_THAT(record_of("cpu_parts", "echo-16-64", "epoll")["panel"].get<std::string>(),
              HasSubstr("(CPU-µs per request)"));
}

TEST(CpuPartsData, SaysWhereNobodyCanSplit) {
  auto comparison = staged();
  comparison.scenarios.resize(1);
  auto& rows = comparison.scenarios[0].rows;
  rows[1].spreads[results::Metric::user_cpu_us_per_request].reset();
  const json sets = chart_data(comparison);
  for (const json& record : sets.at("cpu_parts")) {
    if (record["kind"] == "part") {
      EXPECT_EQ(record["part"] == "not split", record["subject"] == "fork");
    }
  }
  for (auto& row : rows) row.spreads[results::Metric::user_cpu_us_per_request].reset();
  EXPECT_FALSE(chart_data(comparison).contains("cpu_parts"));
}

TEST(OverTimeData, HasALineForEachRowWithEnoughPoints) {
  const auto of_epoll = [](const char* set) {
    return records_where(staged_sets().at(set), [](const json& record) {
      return record["scenario"] == "echo-16-64" && record["subject"] == "epoll";
    });
  };
  EXPECT_EQ(of_epoll("rate_over_time").size(), 4U);
  EXPECT_EQ(of_epoll("latency_over_time").size(), 8U) << "p50 and p99";
  EXPECT_EQ(of_epoll("cpu_over_time").size(), 40U);
  EXPECT_EQ(of_epoll("memory_over_time").size(), 9U) << "both ends, and every half second between";
  EXPECT_EQ(of_epoll("rate_over_time")[0]["second"], 0.5);
  const json sets = chart_data(results::compare({results::read_result_file(data_folder / "small.jsonl")}));
  EXPECT_FALSE(sets.contains("cpu_over_time")) << "two points say nothing of time";
}

TEST(ChartData, CarriesHostileNamesAsOneLineOfText) {
  const TemporaryFolder folder;
  const auto file = small_file_with(folder.path(), "broker", "<b>\n\x1b[31m" + std::string(300, 'y'));
  const std::string text = chart_data(results::compare({results::read_result_file(file)})).dump();
  EXPECT_THAT(text, HasSubstr("<b>"));
  EXPECT_THAT(text, Not(HasSubstr("\\n")));
  EXPECT_THAT(text, Not(HasSubstr("\\u001b")));
  EXPECT_THAT(text, Not(HasSubstr(std::string(200, 'y'))));
}

TEST(FamilyWords, NameWhatScenariosHaveInCommon) {
  results::LoadFamily family;
  family.common = {{"driver", "pubsub"},
                   {"publishers", 4},
                   {"topics", 1},
                   {"window", 32},
                   {"message_bytes", 64},
                   {"arrivals", {{"process", "poisson"}, {"rate_per_s", "20k"}}},
                   {"bystanders", {{"idle", 5000}}}};
  EXPECT_EQ(family_words(family),
            "chat fan-out, 4 publishers, 64-byte messages, window of 32, 20,000 a second, beside 5,000 idle");
  EXPECT_THAT(family_headings({family, family}),
              testing::ElementsAre(family_words(family), family_words(family) + " #2"));
}

}  // namespace
}  // namespace threadmill::plots
