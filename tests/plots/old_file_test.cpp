// Result files that earlier versions wrote. v1.jsonl is one of the first that there were, and is never
// changed.

#include <gmock/gmock.h>

#include "files.h"
#include "plots/paper/paper_tables.h"
#include "plots/report/csv.h"
#include "plots/report/markdown.h"
#include "plots/report/report_json.h"
#include "plots/report/terminal.h"
#include "results/comparison/comparison.h"
#include "results/history/history.h"

namespace threadmill::plots {
namespace {

using testing::HasSubstr;

results::ResultFile first_version() { return results::read_result_file(data_folder / "v1.jsonl"); }

TEST(FileOfVersion1, IsReadWithoutAWarning) {
  const auto file = first_version();
  EXPECT_EQ(file.header.at("schema_version"), 1);
  EXPECT_TRUE(file.warnings.empty());
  EXPECT_EQ(file.end_outcome, "complete");
}

TEST(FileOfVersion1, IsReportedInEveryTextFormat) {
  const auto comparison = results::compare({first_version()});
  for (const std::string& text : {markdown_report(comparison, {}, ""), terminal_text(comparison),
                                  csv_table(comparison), report_json(comparison), paper_tables(comparison)}) {
    EXPECT_THAT(text, HasSubstr("bare-epoll"));
    EXPECT_THAT(text, HasSubstr("broker"));
  }
}

TEST(FileOfVersion1, KeepsItsFigures) {
  const auto comparison = results::compare({first_version()});
  ASSERT_EQ(comparison.scenarios.size(), 2U);
  for (const auto& scenario : comparison.scenarios) {
    for (const auto& row : scenario.rows) {
      EXPECT_TRUE(row.spreads[scenario.main_metric]) << row.label;
      EXPECT_TRUE(row.spreads[results::Metric::cpu_us_per_request]) << row.label;
      EXPECT_TRUE(row.latency(scenario.main_latency)) << row.label;
    }
  }
}

TEST(FileOfVersion1, HasAPlaceInAHistory) {
  results::HistoryBuilder builder;
  builder.add(first_version());
  const auto history = builder.build();
  ASSERT_EQ(history.runs.size(), 1U);
  EXPECT_EQ(history.scenarios.size(), 2U);
}

}  // namespace
}  // namespace threadmill::plots
