// A history as a page. What a browser makes of it: tests/browser.

#include "plots/history/history_page.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "files.h"
#include "plots/charts/charts.h"
#include "plots/history/history_data.h"
#include "plots/page/page.h"
#include "tests/results/history_files.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// Twenty runs, slower from the thirteenth on; `change` may do something to each.
template <typename Change>
results::History changed_runs(Change change) {
  results::HistoryBuilder builder;
  for (int run = 1; run <= 20; ++run) {
    auto file = results::history_file(run, run <= 12 ? 100'000 : 80'000);
    change(run, file);
    builder.add(std::move(file));
  }
  return builder.build();
}

std::string page_of_history(const results::History& history, const std::vector<std::string>& skipped = {}) {
  const Libraries library{{{"vega", "BSD", "globalThis.vega = 1;"}}, {}};
  return html_page(history_page(history, skipped),
                   chart_set(history_data(history), source_home() / "plots/charts"), library);
}

const auto nothing = [](int, results::ResultFile&) {};

TEST(HistoryPage, SaysFirstWhatChangedAndWhich) {
  const std::string page = page_of_history(changed_runs(nothing));
  EXPECT_EQ(between(page, "<h1>", "</h1>"), "Threadmill: history of 20 runs");
  const std::string in_short = between(page, "id=\"in-short\"", "</section>");
  EXPECT_THAT(in_short, HasSubstr("got worse"));
  EXPECT_THAT(in_short, HasSubstr("requests/s fell by 20.0 %, from 100,052 to 80,038, with run 13 "
                                  "(2026-01-13T12:00:00Z, commit c13)"));
  EXPECT_LT(page.find("id=\"in-short\""), page.find("id=\"charts\""));
}

TEST(HistoryPage, HasWhatHistoryMdHas) {
  const std::string page = page_of_history(changed_runs(nothing), {"new.jsonl: has schema_version 2"});
  for (const char* part :
       {"From 2026-01-01T12:00:00Z", "p99 of service time", "lowest to highest", "run-20.jsonl",
        "new.jsonl: has schema_version 2", "binary segmentation", "could not be read"})
    EXPECT_THAT(page, HasSubstr(part));
}

TEST(HistoryPage, WithoutAChangeSaysSo) {
  results::HistoryBuilder builder;
  builder.add(results::history_file(1, 1000));
  EXPECT_THAT(page_of_history(builder.build()), HasSubstr("no change was found"));
}

TEST(HistoryPage, OffersMachinesOnlyWhereThereAreSeveral) {
  EXPECT_THAT(page_of_history(changed_runs(nothing)), Not(HasSubstr("name=\"machine\"")));
  const std::string page = page_of_history(changed_runs([](int run, results::ResultFile& file) {
    if (run > 18) file.header["environment"]["cpu_model"] = "CPU B";
  }));
  EXPECT_THAT(page, HasSubstr("name=\"machine\" value=\"" + results::history_machine("CPU B") + "\""));
  EXPECT_THAT(page, HasSubstr("name=\"metric\" value=\"CPU-µs per request\""));
}

TEST(HistoryPage, NoNameCanEndAnElement) {
  const std::string hostile = "</script><script>alert(1)</script>\n\"'&{{data}}" + std::string(300, 'y');
  const auto history = changed_runs([&](int, results::ResultFile& file) {
    for (auto& trial : file.trials) trial["subject"] = hostile;
    file.scenarios[0]["title"] = hostile;
    file.header["created"] = hostile;
    file.header["tool"]["git_commit"] = hostile;
    file.header["environment"]["cpu_model"] = hostile;
  });
  const std::string page = page_of_history(history, {hostile});
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert"));
  std::size_t scripts = 0;
  for (std::size_t at = 0; (at = page.find("</script", at)) != std::string::npos; ++at) ++scripts;
  EXPECT_EQ(scripts, 3U) << "the data, one library and the page's own";
  EXPECT_TRUE(json::accept(between(page, "id=\"data\">", "</script>")));
}

}  // namespace
}  // namespace threadmill::plots
