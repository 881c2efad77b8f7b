#include "plots/words/against_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/words.h"

namespace threadmill::plots {
namespace {

using results::AgainstRatio;
using results::Metric;

/// Near 1 a thousandth is what repeats tell apart.
std::string proportion(double value) {
  if (value < 0.1) return share(value);
  return value < 10 ? fmt::format("{:.3f}", value) : number(value);
}

}  // namespace

std::string against_title(const results::ScenarioComparison& scenario, Metric metric) {
  if (metric == Metric::cpu_us_per_request) return "CPU-µs/request";
  if (metric == Metric::cpu_us_per_delivery) return "CPU-µs/delivery";
  if (metric == scenario.main_metric) return main_unit(scenario);
  return fmt::format("p99 of {}", results::latencies()[static_cast<std::size_t>(scenario.main_latency)].name);
}

std::string against_ratio(const AgainstRatio& against) {
  return fmt::format("{}{}×", bound_mark(against.hidden), proportion(against.ratio->ratio));
}

std::string against_cell(const AgainstRatio& against) {
  if (!against.ratio) return std::string(no_number);
  if (!against.bounds) return against_ratio(against) + ", too few repeats";
  const bool agreed = !against.is_sure() && against.position != results::Position::cannot_be_told;
  return fmt::format("{} ({} to {}), {}{}", against_ratio(against), proportion(against.bounds->low),
                     proportion(against.bounds->high), results::position_name(against.position),
                     agreed ? " in all" : "");
}

bool has_against(const results::Comparison& comparison) {
  return std::any_of(comparison.scenarios.begin(), comparison.scenarios.end(), [&](const auto& scenario) {
    return !results::against_leaders(comparison, scenario).empty();
  });
}

}  // namespace threadmill::plots
