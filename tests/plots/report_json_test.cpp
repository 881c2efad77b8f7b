// report.json. That it conforms to its schema is checked where the committed files are (tests/end_to_end).

#include "plots/report/report_json.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "files.h"
#include "golden.h"
#include "results/comparison/comparison.h"
#include "tests/results/sweep_records.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;

json read_back(const std::filesystem::path& path) {
  return json::parse(report_json(results::compare({results::read_result_file(path)})));
}

TEST(ReportJson, IsTheCommittedOne) {
  expect_golden("small.json",
                report_json(results::compare({results::read_result_file(data_folder / "small.jsonl")})));
}

TEST(ReportJson, OfASweepIsTheCommittedOne) {
  expect_golden(
      "sweep.json",
      report_json(results::compare({results::fake_sweep(
          {{.subject = "epoll", .highest_per_s = 40'000}, {.subject = "fork", .highest_per_s = 900}}, 2)})));
}

TEST(ReportJson, HasFiguresByNameAndVerdicts) {
  const json report = read_back(data_folder / "small.jsonl");
  const json& row = report.at("scenarios").at(0).at("rows").at(1);
  EXPECT_EQ(row.at("subject"), "fork");
  EXPECT_EQ(row.at("verdict").at("state"), "invalid");
  EXPECT_EQ(row.at("comparable"), false);
  EXPECT_EQ(row.at("trials"), json({{"total", 3}, {"valid", 2}}));
  EXPECT_EQ(row.at("problems").at(0).at("repeat"), 2);
  EXPECT_NEAR(row.at("metrics").at("requests_per_s").at("median"), 31'050, 1);
  EXPECT_EQ(row.at("metrics").at("requests_per_s").at("count"), 2);
  EXPECT_EQ(row.at("metrics").at("requests_per_s").at("low"), nullptr) << "two trials have no interval";
  EXPECT_TRUE(row.at("latencies").contains("service"));
  const json& verdict = report.at("scenarios").at(1).at("verdicts").at(0);
  EXPECT_EQ(verdict.at("outcome"), "winner");
  EXPECT_EQ(verdict.at("leader"), "broker");
}

TEST(ReportJson, HasThoseThatMadeTheLoadTogether) {
  auto file = results::read_result_file(data_folder / "small.jsonl");
  for (auto& trial : file.trials) {
    if (trial.at("subject") != "epoll") continue;
    const json report = trial.at("load");
    trial["load"]["ranks"] = {{{"host", "a"}, {"clock", {{"error_ns", 0}}}, {"report", report}},
                              {{"host", "b"}, {"clock", {{"error_ns", 900}}}, {"report", report}}};
  }
  const json rows = json::parse(report_json(results::compare({file}))).at("scenarios").at(0).at("rows");
  const json &epoll = rows.at(2), &fork = rows.at(1);
  ASSERT_EQ(epoll.at("subject"), "epoll");
  EXPECT_FALSE(fork.contains("ranks"));
  ASSERT_EQ(epoll.at("ranks").size(), 2U);
  const json& second = epoll.at("ranks").at(1);
  EXPECT_EQ(second.at("host"), "b");
  EXPECT_EQ(second.at("requests_per_s"), epoll.at("metrics").at("requests_per_s"))
      << "each did all of it here";
  EXPECT_EQ(second.at("latency").at("count"), epoll.at("latencies").at("service").at("count"));
  EXPECT_EQ(second.at("clock_error_ns"), 900);
  EXPECT_TRUE(second.at("busiest_thread").is_number());
}

// The ceiling and epoll are at the generator's limit, fork is not.
TEST(ReportJson, BoundsFiguresThatTheGeneratorLimited) {
  const json scenario = read_back(data_folder / "small.jsonl").at("scenarios").at(0);
  const json &epoll = scenario.at("rows").at(2), &fork = scenario.at("rows").at(1);
  ASSERT_EQ(epoll.at("subject"), "epoll");
  EXPECT_EQ(epoll.at("metrics").at("requests_per_s").at("bound"), "at-least");
  EXPECT_EQ(epoll.at("metrics").at("service_p50_ns").at("bound"), "at-most");
  EXPECT_EQ(epoll.at("metrics").at("cpu_us_per_request").at("bound"), "exact");
  EXPECT_EQ(epoll.at("latencies").at("service").at("bound"), "at-most");
  EXPECT_EQ(epoll.at("of_ceiling").at("bound"), "unknown");
  EXPECT_EQ(fork.at("metrics").at("requests_per_s").at("bound"), "exact");
}

TEST(ReportJson, HasNoPercentileOfFewValues) {
  const json service = read_back(data_folder / "small.jsonl")
                           .at("scenarios")
                           .at(0)
                           .at("rows")
                           .at(2)
                           .at("latencies")
                           .at("service");
  EXPECT_EQ(service.at("count"), 3600);
  EXPECT_TRUE(service.at("p99_ns").is_number());
  EXPECT_TRUE(service.at("p999_ns").is_null()) << "4 lie above";
}

TEST(ReportJson, KeepsHostileNamesAsTheyAre) {
  const TemporaryFolder folder;
  const std::string name = "<script>\"\\\n\x1b[31m\u202E" + std::string(300, 'y');
  const json report = read_back(small_file_with(folder.path(), "broker", name));
  EXPECT_EQ(report.at("scenarios").at(1).at("verdicts").at(0).at("leader"), name);
}

TEST(ReportJson, IsUtf8EvenWhereAFilesNameIsNot) {
  const TemporaryFolder folder;
  const auto odd = folder.path() / "\xFF.jsonl";
  std::filesystem::copy_file(data_folder / "small.jsonl", odd);
  EXPECT_EQ(read_back(odd).at("runs").at(0).at("file"), "\uFFFD.jsonl");
}

}  // namespace
}  // namespace threadmill::plots
