#include "plots/charts/grid_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plots/text/text.h"
#include "plots/words/family_words.h"
#include "results/comparison/crossover.h"
#include "results/comparison/load_family.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::CrossoverOutcome;

constexpr const char* kNobodysColour = "#999999";

std::string colour_of_best(const results::ScenarioComparison& scenario, std::size_t run,
                           const std::string& best, Colours& colours) {
  for (const results::Row& row : scenario.rows) {
    if (row.run == run && row.subject == best) return colours.of(row.subject, row.ceiling, row.run);
  }
  return kNobodysColour;
}

/// What to write into a field of the map.
std::string field_text(CrossoverOutcome outcome, const std::string& best) {
  if (outcome == CrossoverOutcome::winner) return best;
  if (outcome == CrossoverOutcome::none_keeps) return "none keeps it";
  return std::string(results::crossover_outcome_name(outcome));
}

json grid_record(const results::ScenarioComparison& scenario, std::size_t run, Colours& colours) {
  const auto cell = results::judge_crossover(scenario, run);
  const std::string best = plain(cell.best, 16);
  const bool has_winner = cell.outcome == CrossoverOutcome::winner;
  return {{"scenario", plain(scenario.name)},
          {"outcome", results::crossover_outcome_name(cell.outcome)},
          {"subject", best},
          {"color", has_winner ? colour_of_best(scenario, run, cell.best, colours) : kNobodysColour},
          {"text", field_text(cell.outcome, best)}};
}

std::string criterion(const results::ScenarioComparison& scenario) {
  const auto& latency = results::latencies()[static_cast<std::size_t>(scenario.main_latency)];
  return fmt::format("{} among those with p99 of {} below {}", scenario.open ? "least CPU time" : "fastest",
                     latency.name, duration(results::kCrossoverP99_ns));
}

/// One family as one panel for each run.
void add_family(const results::Comparison& comparison, const results::LoadFamily& family,
                const std::string& heading, Colours& colours, std::size_t& place, json& records) {
  for (std::size_t run = 0; run < comparison.runs.size(); ++run) {
    const std::string of_run =
        comparison.runs.size() > 1 ? ", " + plain(comparison.runs[run].label, 30) : std::string();
    bool any = false;
    for (const results::FamilyMember& member : family.members) {
      const auto& scenario = comparison.scenarios[member.scenario];
      if (std::none_of(scenario.rows.begin(), scenario.rows.end(),
                       [&](const results::Row& row) { return row.run == run; }))
        continue;
      json record = grid_record(scenario, run, colours);
      record["panel"] = fmt::format("{}{}: {}", heading, of_run, criterion(scenario));
      record["panel_order"] = place;
      record["x"] = member.levels[0];
      record["y"] = member.levels[1];
      record["x_text"] = level_text(family.factors[0], member.levels[0]);
      record["y_text"] = level_text(family.factors[1], member.levels[1]);
      records.push_back(std::move(record));
      any = true;
    }
    if (any) ++place;
  }
}

}  // namespace

void add_grid_data(const results::Comparison& comparison, Colours& colours, json& sets) {
  std::size_t place = 0;
  const auto all = results::factors();
  for (std::size_t first = 0; first < all.size(); ++first) {
    for (std::size_t second = first + 1; second < all.size(); ++second) {
      const auto families = results::load_families(comparison, {all[first].factor, all[second].factor});
      const auto headings = family_headings(families);
      for (std::size_t i = 0; i < families.size(); ++i)
        add_family(comparison, families[i], headings[i], colours, place, sets["by_grid"]);
    }
  }
}

}  // namespace threadmill::plots
