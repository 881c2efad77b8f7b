#include "harness/runs/plan_text.h"

#include <fmt/ranges.h>

#include "harness/trial/trial.h"
#include "plots/words/network_words.h"

namespace threadmill::harness {
namespace {

std::string length_text(const Scenario& scenario) {
  const auto& stop = scenario.load.at("stop");
  if (!scenario.runs_by_time()) return fmt::format("{} messages each", stop.at("messages").dump());
  return fmt::format("{:g} s after {:g} s of warm-up", stop.at("duration_s").get<double>(),
                     stop.value("warmup_s", 0.0));
}

/// ", across a network with ..."; "" on the loopback.
std::string network_text(const Scenario& scenario) {
  const auto& network = scenario.conditions.network;
  return network.is_null() ? "" : ", " + plots::network_in_words(network);
}

double total_s(const RunPlan& plan) {
  double sum = 0;
  for (const auto& slot : plan.slots) sum += plan.scenario(slot.scenario).load_s() + kTrialOverhead_s;
  return sum;
}

}  // namespace

std::string plan_text(const RunPlan& plan) {
  std::string text = fmt::format("{}: trials: {}, repeats: {}, about {:.0f} s\n", plan.name,
                                 plan.slots.size(), plan.repeats, total_s(plan));
  for (const auto& scenario : plan.scenarios) {
    text += fmt::format("  {}: {} ({}{})\n", scenario.name, fmt::join(scenario.subjects, ", "),
                        length_text(scenario), network_text(scenario));
  }
  for (const auto& [slot, why] : plan.untried)
    text += fmt::format("  not in {}: {}: {}\n", slot.scenario, slot.subject, why);
  for (const auto& notice : plan.notices) text += "  " + notice + "\n";
  return text;
}

}  // namespace threadmill::harness
