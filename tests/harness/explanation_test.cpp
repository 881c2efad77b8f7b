#include "harness/explain/explanation.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/explain/measured_here.h"
#include "harness/primitives/primitives.h"
#include "results/costs/request_cost.h"
#include "results/file/store.h"
#include "tests/results/trial_records.h"
#include "tests/support/temporary_folder.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kColumns = 100;

const servers::ModelTraits kTraits{.name = "thread",
                                   .summary = "A thread for each client.",
                                   .concurrency = "thread per client",
                                   .services = {"echo"},
                                   .flushes = {servers::FlushKind::immediate},
                                   .per_client = true,
                                   .shared = "a table"};

servers::Anatomy staged_anatomy() {
  return {"a ──> b\n c\n", {{"", "Model `thread`: one."}, {"Choose it when", "it fits."}}};
}

results::ResultFile staged_file() {
  std::vector<json> trials;
  for (int repeat = 0; repeat < 3; ++repeat) trials.push_back(results::echo_trial("thread", repeat, 100'000));
  return results::result_file("run.jsonl", trials);
}

MeasuredCosts measured(const results::ResultFile& file) {
  return {results::compare({file}), "run.jsonl", true};
}

TEST(Explanation, HasAnatomyTraitsAndWhatWasMeasured) {
  const auto text = explanation_text(kTraits, staged_anatomy(), measured(staged_file()), kColumns);
  EXPECT_THAT(text, AllOf(HasSubstr("Model `thread`: one.\n\n   a ──> b\n    c\n\nChoose it when: it fits."),
                          HasSubstr("clients of each  one\n"), HasSubstr("shared           a table\n"),
                          HasSubstr("Costs measured here"), HasSubstr("run.jsonl"), HasSubstr("100,000"),
                          HasSubstr("4.00"), HasSubstr("1.00 MiB"), HasSubstr("3.00 µs")));
  EXPECT_THAT(text, Not(HasSubstr("threadmill run")));
}

TEST(Explanation, OfWhatWasNeverMeasuredNamesTheCommandThatDoes) {
  EXPECT_THAT(explanation_text(kTraits, staged_anatomy(), std::nullopt, kColumns),
              HasSubstr("threadmill run echo-64 echo-1000 --models thread,bare-epoll"));
  auto other = kTraits;
  other.name = "epoll";
  EXPECT_THAT(explanation_text(other, staged_anatomy(), measured(staged_file()), kColumns),
              AllOf(HasSubstr("run.jsonl has no valid trial of it"), HasSubstr("--models epoll")));
}

TEST(Explanation, SaysWhatTheCostModelMakesOfIt) {
  auto file = staged_file();
  file.header["primitives"] = {{"costs", {{"send/64", {{"median_ns", 3000}}}}}};
  file.header["request_work"]["thread"] = {{{"work", "send"}, {"often", "request"}, {"times", 1}}};
  EXPECT_THAT(explanation_text(kTraits, staged_anatomy(), measured(file), kColumns),
              HasSubstr("of 4.00 CPU-µs per request the cost model explains 3.00: send 1.00 × = 3.00"));
}

TEST(Explanation, AsADocumentHasTheSame) {
  const auto document = explanation_json(kTraits, staged_anatomy(), measured(staged_file()));
  EXPECT_EQ(document.at("model"), "thread");
  EXPECT_EQ(document.at("parts").at(1).at("label"), "Choose it when");
  EXPECT_EQ(document.at("measured").at("cells").at(0).at("requests_per_s"), 100'000);
  EXPECT_TRUE(explanation_json(kTraits, staged_anatomy(), std::nullopt).at("measured").is_null());
}

const json kHere = {{"cpu_model", "X"}, {"cpus_online", 2}, {"kernel", "6"}};

std::string lines_of(results::ResultFile file, const std::string& created, const json& environment) {
  file.header["schema_version"] = results::kSchemaVersion;
  file.header["created"] = created;
  file.header["environment"] = environment;
  file.header["run"]["subjects"] = {"thread"};
  std::string text = file.header.dump() + "\n";
  for (const auto& record : file.scenarios) text += record.dump() + "\n";
  for (const auto& record : file.trials) text += record.dump() + "\n";
  return text;
}

TEST(MeasuredHere, TheNewestFileOfThisMachineThatHasTheModel) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "results/runs");
  const auto write = [&](const std::string& name, const std::string& text) {
    folder.write("results/runs/" + name, text);
  };
  EXPECT_FALSE(newest_result_of("thread", folder.path(), kHere));
  write("a.jsonl", lines_of(staged_file(), "2026-01-02T00:00:00Z", kHere));
  write("b.jsonl", lines_of(staged_file(), "2026-01-01T00:00:00Z", kHere));
  auto elsewhere = kHere;
  elsewhere["cpu_model"] = "Y";
  write("c.jsonl", lines_of(staged_file(), "2026-01-03T00:00:00Z", elsewhere));
  write("d.jsonl", "no result file\n");
  auto failed = staged_file();
  for (auto& trial : failed.trials) trial["outcome"] = "failed";
  write("e.jsonl", lines_of(failed, "2026-01-04T00:00:00Z", kHere));
  const auto found = newest_result_of("thread", folder.path(), kHere);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->filename(), "a.jsonl");
  EXPECT_FALSE(newest_result_of("epoll", folder.path(), kHere));
}

TEST(Primitives, AreTheRepetitionsOfEachBenchmark) {
  const auto benchmark = [](const char* name, double time, const char* unit) {
    return json{{"name", name}, {"run_type", "iteration"}, {"real_time", time}, {"time_unit", unit}};
  };
  json output = {{"benchmarks",
                  {benchmark("send/64/iterations:9/manual_time", 3, "us"),
                   benchmark("send/64/iterations:9/manual_time", 1, "us"),
                   benchmark("send/64/iterations:9/manual_time", 2000, "ns")}}};
  output["benchmarks"].push_back(
      {{"name", "send/64/iterations:9/manual_time_median"}, {"run_type", "aggregate"}, {"real_time", 9}});
  output["benchmarks"].push_back(
      {{"name", "uring_nop/1"}, {"run_type", "iteration"}, {"error_occurred", true}});
  const auto costs = costs_in_output(output.dump());
  ASSERT_EQ(costs.size(), 1U);
  EXPECT_EQ(costs.at("send/64"),
            json({{"median_ns", 2000.0}, {"min_ns", 1000.0}, {"max_ns", 3000.0}, {"repetitions", 3}}));
  EXPECT_THROW(costs_in_output("no JSON"), std::runtime_error);
}

TEST(Primitives, AreKeptWithTheMachineAndFoundAgain) {
  const TemporaryFolder folder;
  const json figures = {{"created", "2026-01-01T00:00:00Z"},
                        {"cpus", {{"server", 0}, {"peer", 1}}},
                        {"costs", {{"send/64", {{"median_ns", 1.0}}}}}};
  EXPECT_FALSE(kept_primitives(folder.path()));
  const auto file = keep_primitives(figures, folder.path());
  EXPECT_EQ(kept_primitives(folder.path()), figures);
  folder.write(
      "results/primitives/99990101T000000Z.json",
      R"({"schema": "threadmill-primitives", "created": "", "cpus": {}, "costs": {}, "environment": {}})");
  folder.write("results/primitives/99990102T000000Z.json", "torn {");
  EXPECT_EQ(kept_primitives(folder.path()), figures) << "of another machine, or broken: passed over";
}

TEST(Registry, AllWorkThatModelsNameHasAPrice) {
  for (const auto& model : servers::models()) {
    for (const auto& item : model.traits.work)
      EXPECT_TRUE(results::is_priced(std::string(to_string(item.work)))) << model.traits.name;
  }
  for (int work = 0; work <= static_cast<int>(servers::Work::eventfd_wake); ++work)
    EXPECT_TRUE(results::is_priced(std::string(to_string(static_cast<servers::Work>(work))))) << work;
}

}  // namespace
}  // namespace threadmill::harness
