#include "plots/scenario_notes.h"

#include <fmt/format.h>

#include "plots/text.h"
#include "plots/words.h"

namespace threadmill::plots {
namespace {

using results::Row;
using results::ScenarioComparison;

}  // namespace

std::string scenario_notes(const ScenarioComparison& scenario) {
  std::string text, held_back;
  for (const Row& row : scenario.rows) {
    if (row.is_generator_bound()) held_back += (held_back.empty() ? "" : ", ") + markdown(row.label);
  }
  if (!held_back.empty()) {
    text += fmt::format(
        "- Limited by the load generator, not by the server: {}. Each can do at least what is shown.\n",
        held_back);
  }
  for (const Row& row : scenario.rows) {
    if (!row.errors.empty() || !row.integrity.empty()) {
      text += fmt::format("- {}: errors: {}; integrity: {}.\n", markdown(row.label),
                          markdown(counts_text(row.errors), 200), markdown(counts_text(row.integrity), 200));
    }
  }
  return text.empty() ? text : text + "\n";
}

}  // namespace threadmill::plots
