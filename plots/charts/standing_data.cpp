#include "plots/charts/standing_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/words.h"
#include "results/comparison/winner.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Standing;

/// The verdict on the row's run; nullptr where there is none, or no ranking.
const results::Verdict* verdict_with_ranking(const ChartRow& row) {
  const auto& verdicts = row.scenario->verdicts;
  const auto found = std::find_if(verdicts.begin(), verdicts.end(),
                                  [&](const results::Verdict& v) { return v.run == row.row->run; });
  return found == verdicts.end() || found->ranking.empty() ? nullptr : &*found;
}

std::string standing_text(Standing standing, const results::Place* place) {
  if (standing == Standing::winner) return "wins";
  if (standing == Standing::invalid) return "invalid";
  if (place == nullptr) return std::string(no_number);
  const bool is_exact = place->hidden == results::Hidden::nothing;
  const std::string_view mark = is_exact && standing != Standing::beaten ? "≈ " : bound_mark(place->hidden);
  return fmt::format("{}{} %", mark, number(100 * place->share));
}

/// Nullptr for a ceiling, and where the row has no place.
const results::Place* place_of(const ChartRow& row) {
  const results::Verdict* verdict = verdict_with_ranking(row);
  if (verdict == nullptr || row.row->ceiling) return nullptr;
  const auto found =
      std::find_if(verdict->ranking.begin(), verdict->ranking.end(),
                   [&](const results::Place& place) { return place.subject == row.row->subject; });
  return found == verdict->ranking.end() ? nullptr : &*found;
}

}  // namespace

std::optional<double> share_of_leader(const ChartRow& row) {
  const results::Place* place = place_of(row);
  return place == nullptr ? std::nullopt : std::optional(place->share);
}

void add_standing_data(const ChartRow& row, json& sets) {
  if (row.row->ceiling || verdict_with_ranking(row) == nullptr) return;
  const Standing standing = results::standing_of(*row.scenario, *row.row);
  const results::Place* place = place_of(row);
  json record = row.record(main_unit(*row.scenario));
  record["standing"] = results::standing_name(standing);
  if (place != nullptr) record["of_leader"] = six_digits(place->share);
  record["text"] = standing_text(standing, place);
  sets["standings"].push_back(std::move(record));
}

}  // namespace threadmill::plots
