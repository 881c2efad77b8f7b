#include "plots/page/page.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "files.h"
#include "plots/charts/chart_data.h"
#include "plots/charts/charts.h"
#include "plots/page/html.h"
#include "plots/page/markdown_html.h"
#include "plots/page/packed_data.h"
#include "plots/page/report_page.h"
#include "plots/report/report.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

results::Comparison comparison_for_page(const fs::path& path) {
  return results::compare({results::read_result_file(path)});
}

std::string page_of(const fs::path& path, const Libraries& libraries) {
  const auto comparison = comparison_for_page(path);
  return html_page(report_page(comparison), chart_set(chart_data(comparison), source_home() / "plots/charts"),
                   libraries);
}

const Libraries one_library{
    {{"vega", "BSD */", "globalThis.vega = '</script>';\n//# sourceMappingURL=vega.map"}}, {}};

TEST(HtmlPage, SaysFirstWhoWinsAndWhatIsInvalid) {
  const std::string page = page_of(data_folder / "small.jsonl", one_library);
  EXPECT_THAT(between(page, "<h1>", "</h1>"), "Threadmill: servers compared in 2 scenarios");
  const std::string short_part = between(page, "id=\"in-short\"", "</section>");
  EXPECT_THAT(short_part, HasSubstr("broker wins with 1,570,150 deliveries/s"));
  EXPECT_THAT(short_part, HasSubstr("Left out, because invalid: fork."));
  const std::string cells = between(page, "id=\"cells\"", "</section>");
  EXPECT_THAT(cells, HasSubstr("class=\"state invalid\""));
  EXPECT_THAT(cells, HasSubstr("★ wins"));
  EXPECT_LT(page.find("id=\"in-short\""), page.find("id=\"charts\""));
}

TEST(HtmlPage, ItsContentsAreTheSectionsThatItHas) {
  const std::string page = page_of(data_folder / "small.jsonl", one_library);
  const std::string contents = between(page, "<nav", "</nav>");
  std::size_t links = 0, sections = 0;
  for (std::size_t at = 0; (at = contents.find("href=\"#", at)) != std::string::npos; ++links) {
    const std::string id = contents.substr(at + 7, contents.find('"', at + 7) - at - 7);
    EXPECT_THAT(page, HasSubstr("<section id=\"" + id + "\"")) << "a link that leads nowhere";
    at += 7;
  }
  for (std::size_t at = 0; (at = page.find("<section id=", at)) != std::string::npos; ++at) ++sections;
  EXPECT_EQ(links, sections);
}

TEST(HtmlPage, OfTwoFilesPutsTheSecondAgainstTheFirst) {
  const TemporaryFolder folder, home;
  fs::create_directories(home.path() / "plots");
  const ScopedVariable variable("THREADMILL_HOME", home.path().string());
  fs::copy_file(data_folder / "small.jsonl", folder.path() / "other.jsonl");
  const Formats only_html{.markdown = false, .csv = false, .svg = false};
  write_report_files({data_folder / "small.jsonl", folder.path() / "other.jsonl"}, folder.path(), only_html);
  const std::string page = contents_of(folder.path() / "index.html");
  EXPECT_THAT(page, HasSubstr("<li><a href=\"#changes\">Run against run</a></li>"));
  EXPECT_THAT(between(page, "id=\"changes\"", "</section>"),
              HasSubstr("<h2>Run other against run small</h2>"));
  EXPECT_THAT(page_of(data_folder / "small.jsonl", one_library), Not(HasSubstr("#changes")));
}

TEST(HtmlPage, HasWhatTheMarkdownReportHas) {
  const std::string page = page_of(data_folder / "small.jsonl", one_library);
  for (const char* part :
       {"Fairness contract", "Environment", "./threadmill run quick --seed 1", "valid trials", "peak PSS",
        "Trials that do not count", "server exited with status 1"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
}

TEST(HtmlPage, AsksNobodyForAnything) {
  const std::string page = page_of(data_folder / "small.jsonl", one_library);
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* outward : {" src=", "href=\"http", "@import", "url(", "sourceMappingURL"})
    EXPECT_THAT(page, Not(HasSubstr(outward)));
}

TEST(HtmlPage, NoNameCanEndAnElement) {
  const TemporaryFolder folder;
  const std::string hostile = "</script><script>alert(1)</script>\n\"'&{{data}}" + std::string(300, 'y');
  const auto file = small_file_with(folder.path(), "broker", hostile);
  const std::string page = page_of(file, one_library);
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert"));
  // The data, one library and the page's own.
  std::size_t scripts = 0;
  for (std::size_t at = 0; (at = page.find("</script", at)) != std::string::npos; ++at) ++scripts;
  EXPECT_EQ(scripts, 3U);
  const json data = json::parse(between(page, "id=\"data\">", "</script>"));
  EXPECT_THAT(data.at("datasets").dump(), HasSubstr("</script>"));
}

TEST(HtmlPage, HoldsEachDataSetOnceAndOnlyThoseThatSomeChartDraws) {
  const std::string page = page_of(data_folder / "small.jsonl", one_library);
  const json data = json::parse(between(page, "id=\"data\">", "</script>"));
  EXPECT_TRUE(data.at("datasets").contains("throughput"));
  EXPECT_FALSE(data.at("datasets").contains("generator_cpu_percent"));
  for (const json& chart : data.at("charts")) {
    EXPECT_FALSE(chart.at("specification").contains("datasets"));
    for (const json& set : chart.at("sets"))
      EXPECT_TRUE(data.at("datasets").contains(set.get<std::string>())) << set;
  }
}

TEST(HtmlPage, WithoutLibrariesItSaysHowToGetCharts) {
  const TemporaryFolder home, out;
  fs::create_directories(home.path() / "plots");
  const ScopedVariable variable("THREADMILL_HOME", home.path().string());
  const Formats only_html{.markdown = false, .csv = false, .svg = false};
  const Report report = write_report_files({data_folder / "small.jsonl"}, out.path(), only_html);
  ASSERT_EQ(report.files, std::vector<fs::path>{out.path() / "index.html"});
  EXPECT_EQ(report.page, report.files.front());
  const std::string page = contents_of(report.page);
  EXPECT_THAT(page, HasSubstr("No charts: vega is not installed; run: npm ci --prefix"));
  EXPECT_THAT(page, HasSubstr("broker wins"));
}

// Needs `npm ci --prefix plots`.
TEST(HtmlPage, IsSmallEnoughWithItsLibraries) {
  const TemporaryFolder out;
  const auto comparison = comparison_for_page(data_folder / "small.jsonl");
  write_page(report_page(comparison), chart_data(comparison), out.path() / page_file);
  const std::string page = contents_of(out.path() / page_file);
  EXPECT_THAT(page, Not(HasSubstr("No charts")));
  EXPECT_LT(page.size(), 3'000'000U);
}

TEST(HtmlOfMarkdown, PassesNoHtmlOnAndKeepsEscapedText) {
  EXPECT_THAT(html_of_markdown("a <b onclick=x>b</b> [x](javascript:alert\\(1\\))\n"), Not(HasSubstr("<b ")));
  EXPECT_THAT(html_of_markdown("[x](javascript:alert)\n"), Not(HasSubstr("javascript")));
  EXPECT_EQ(html_of_markdown("\\*a\\* &lt;b&gt; &#124;\n"), "<p>*a* &lt;b&gt; |</p>\n");
}

TEST(HtmlOfMarkdown, TablesScrollAndTheirRowsHaveHeadings) {
  const std::string html_table =
      html_of_markdown("| Server | a |\n| --- | ---: |\n| epoll | 1 |\n| **x&#124;y** | 2 |\n");
  EXPECT_THAT(html_table, HasSubstr("<div class=\"scroll\""));
  EXPECT_THAT(html_table, HasSubstr("<th scope=\"row\">epoll</th>"));
  EXPECT_THAT(html_table, HasSubstr("<th scope=\"row\"><strong>x|y</strong></th>"));
  EXPECT_THAT(html_table, HasSubstr("<td align=\"right\">2</td>"));
  EXPECT_THAT(html_table, HasSubstr("</table></div>"));
}

TEST(Packed, ColumnsHoldEachTextOnceAndNullWhereARecordSaysNothing) {
  const json records = {{{"subject", "epoll"}, {"value", 1.23456789}, {"order", 7}},
                        {{"subject", "fork"}, {"value", 1234567.0}},
                        {{"subject", "epoll"}, {"low", 2}}};
  const json expected = {{"count", 3},
                         {"columns",
                          {{"subject", {{"words", {"epoll", "fork"}}, {"values", {0, 1, 0}}}},
                           {"value", {{"values", {1.23457, 1234567.0, nullptr}}}},
                           {"order", {{"values", {7, nullptr, nullptr}}}},
                           {"low", {{"values", {nullptr, nullptr, 2}}}}}}};
  EXPECT_EQ(packed(records), expected);
}

TEST(Filled, LooksAtNothingThatItPutIn) {
  EXPECT_EQ(filled("<{{a}}|{{b}}>", {{"a", "{{b}}"}, {"b", "x"}}), "<{{b}}|x>");
  EXPECT_THROW(filled("{{c}}", {}), std::out_of_range);
}

}  // namespace
}  // namespace threadmill::plots
