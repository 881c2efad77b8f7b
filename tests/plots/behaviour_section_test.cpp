#include "plots/report/behaviour_section.h"

#include <gmock/gmock.h>

#include "plots/page/report_page.h"
#include "plots/report/markdown.h"
#include "tests/results/trial_records.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// "fork" keeps its rate, "epoll" keeps a quarter of it, and "thr|ead" cannot take part.
results::Comparison hard_times() {
  std::vector<json> trials;
  for (const auto& [subject, completed] : {std::pair{"fork", 900U}, {"epoll", 250U}}) {
    trials.push_back(results::echo_trial(subject, 0, 1000));
    trials.push_back(results::echo_trial(subject, 0, completed));
    trials.back()["scenario"] = "hard";
  }
  auto file = results::result_file("run.jsonl", trials);
  file.scenarios = {results::echo_scenario({"fork", "epoll"}), results::echo_scenario({"fork", "epoll"})};
  auto& hard = file.scenarios[1];
  hard["name"] = "hard";
  hard["title"] = "Hard times";
  hard["behaviour"] = {
      {"name", "storm"}, {"calm", "echo"}, {"metric", "requests_per_s"}, {"held_within", 0.8}};
  hard["not_applicable"] = {{"thr|ead", "it has <b>none</b>"}};
  return results::compare({file});
}

TEST(BehaviourSection, HasARowForEachServerAndSaysWhatTheWordsMean) {
  const std::string text = behaviour_section(hard_times());
  EXPECT_THAT(text, HasSubstr("## Behaviour\n"));
  EXPECT_THAT(text, HasSubstr("| Server | storm |"));
  EXPECT_THAT(text, HasSubstr("| fork | held 0.90× |"));
  EXPECT_THAT(text, HasSubstr("| epoll | **degraded** 0.25× |"));
  EXPECT_THAT(text, HasSubstr("| thr&#124;ead | not applicable |"));
  EXPECT_THAT(
      text,
      HasSubstr("- **storm** (hard): Hard times. Its requests/s, of that in echo; held: at least 0.80×."));
  EXPECT_THAT(text, HasSubstr("- storm, thr&#124;ead: not applicable: it has"));
  EXPECT_THAT(text, Not(HasSubstr("<b>")));
}

TEST(BehaviourSection, IsInTheReportAndThePageAndOnlyWhereThereIsSuchAScenario) {
  EXPECT_THAT(markdown_report(hard_times(), {}, ""), HasSubstr("## Behaviour\n"));
  const auto parts = [](const results::Comparison& comparison) {
    std::vector<std::string> ids;
    for (const auto& section : report_page(comparison, {}).before_charts) {
      if (!section.html.empty()) ids.push_back(section.id);
    }
    return ids;
  };
  EXPECT_THAT(parts(hard_times()), testing::Contains("behaviour"));
  const auto calm =
      results::compare({results::result_file("run.jsonl", {results::echo_trial("epoll", 0, 100)})});
  EXPECT_EQ(behaviour_section(calm), "");
  EXPECT_THAT(parts(calm), Not(testing::Contains("behaviour")));
}

}  // namespace
}  // namespace threadmill::plots
