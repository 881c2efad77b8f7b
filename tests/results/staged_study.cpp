#include "staged_study.h"

#include <algorithm>

#include "trial_records.h"

namespace threadmill::results {

using nlohmann::json;

namespace {

/// The record of the scenario in `file`, which gets one if it has none.
json& staged_scenario(ResultFile& file, const std::string& name) {
  for (json& scenario : file.scenarios) {
    if (scenario["name"] == name) return scenario;
  }
  file.scenarios.push_back(echo_scenario({}));
  file.scenarios.back()["name"] = name;
  file.scenarios.back()["title"] = "Scenario " + name;
  return file.scenarios.back();
}

}  // namespace

std::vector<std::uint64_t> steady_rates(std::uint64_t rate, std::uint64_t order, std::size_t repeats) {
  std::vector<std::uint64_t> rates;
  for (std::size_t i = 0; i < repeats; ++i) rates.push_back(rate + rate * (i * order % 8) / 1000);
  return rates;
}

json staged_claim(const std::string& metric, const std::vector<std::string>& scenarios, const json& test) {
  json claim = {{"text", "A claim."}, {"test", test}};
  if (!scenarios.empty()) claim["scenarios"] = scenarios;
  if (!metric.empty()) claim["metric"] = metric;
  return claim;
}

ResultFile staged_study(const std::vector<StagedCell>& cells, const std::vector<json>& claims) {
  std::vector<json> trials;
  for (const StagedCell& cell : cells) {
    for (std::size_t repeat = 0; repeat < cell.rates.size(); ++repeat) {
      trials.push_back(echo_trial(cell.subject, static_cast<int>(repeat), cell.rates[repeat]));
      trials.back()["scenario"] = cell.scenario;
      cell.change(trials.back());
    }
  }
  ResultFile file = result_file("staged.jsonl", trials);
  file.scenarios.clear();
  for (const StagedCell& cell : cells)
    staged_scenario(file, cell.scenario)["subjects"].push_back(cell.subject);
  std::vector<std::string> names;
  for (const json& scenario : file.scenarios) names.push_back(scenario["name"]);
  file.header["run"]["kind"] = "study";
  file.header["run"]["study"] = "staged";
  file.header["run"]["repeats"] = 8;
  file.header["study"] = {
      {"title", "A staged study"},
      {"question", "Does the judgement hold?"},
      {"source", {{"id", "000_source"}, {"measured", "nothing at all"}, {"machine", "a laptop"}}},
      {"scenarios", names},
      {"claims", claims}};
  return file;
}

void with_a_full_generator(json& trial) { trial["load"]["self"]["busiest_thread"] = 0.99; }

}  // namespace threadmill::results
