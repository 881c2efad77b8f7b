#include "plots/report/against_section.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "plots/words/against_words.h"
#include "plots/words/cells.h"
#include "results/comparison/against.h"

namespace threadmill::plots {
namespace {

using results::Against;
using results::Rival;
using results::ScenarioComparison;

/// "epoll", or who is first in each run where there are several.
std::string leaders(const std::vector<Against>& all) {
  std::vector<std::string> names;
  for (const Against& against : all) names.push_back(markdown(label_cell(*against.leader)));
  return fmt::format("{}", fmt::join(names, ", "));
}

/// How many repeats both had: "8", or "6 to 8" where not all have every figure.
std::string repeats_cell(const Rival& rival) {
  std::vector<std::size_t> counts;
  for (const auto& against : rival.ratios)
    if (against.ratio) counts.push_back(against.ratio->first_count);
  if (counts.empty()) return std::string(no_number);
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  return *least == *most ? std::to_string(*most) : fmt::format("{} to {}", *least, *most);
}

/// An invalid cell must be seen by who looks at the table only.
std::string ratio_cell(const Rival& rival, std::size_t which) {
  if (rival.ratios.empty()) return which == 0 ? "**invalid**" : std::string(no_number);
  return against_cell(rival.ratios[which]);
}

Table against_table(const ScenarioComparison& scenario, const std::vector<Against>& all) {
  std::vector<Rival> rivals;
  for (const Against& against : all)
    rivals.insert(rivals.end(), against.rivals.begin(), against.rivals.end());
  Table table;
  table.add_column("Server", rivals, [](const Rival& rival) { return markdown(label_cell(*rival.row)); });
  const auto& metrics = all.front().metrics;
  for (std::size_t which = 0; which < metrics.size(); ++which) {
    table.add_column(against_title(scenario, metrics[which]), rivals,
                     [&](const Rival& rival) { return ratio_cell(rival, which); });
  }
  table.add_column("repeats", rivals, repeats_cell);
  return table;
}

/// Whether some repeats were too few for an interval of 95 %.
bool has_few_repeats(const std::vector<Against>& all) {
  for (const Against& against : all)
    for (const Rival& rival : against.rivals)
      for (const auto& ratio : rival.ratios)
        if (ratio.ratio && !ratio.is_sure()) return true;
  return false;
}

/// How to read the table below it.
std::string introduction(const ScenarioComparison& scenario, const std::vector<Against>& all) {
  const bool one = all.size() == 1;
  const std::string first = leaders(all), by = against_title(scenario, all.front().ranked_by);
  return fmt::format(
      "{} Each figure is divided by that of {} in the same repeat; in brackets the 95 % interval of that "
      "ratio{}.",
      one ? fmt::format("{} is first by {}.", first, by) : fmt::format("First by {}: {}.", by, first),
      one ? first : "the first of its run",
      has_few_repeats(all) ? " or, with fewer than six repeats, its range" : "");
}

}  // namespace

std::string against_section(const results::Comparison& comparison, const ScenarioComparison& scenario) {
  const auto all = results::against_leaders(comparison, scenario);
  if (all.empty()) return {};
  return fmt::format("### Against {}\n\n{}\n\n{}\n", all.size() == 1 ? leaders(all) : "the first of each run",
                     introduction(scenario, all), markdown_table(against_table(scenario, all)));
}

}  // namespace threadmill::plots
