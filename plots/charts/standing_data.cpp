#include "plots/charts/standing_data.h"

#include <algorithm>

#include "plots/text/text.h"
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

std::string standing_text(Standing standing, std::optional<double> share) {
  if (standing == Standing::winner) return "wins";
  if (standing == Standing::invalid) return "invalid";
  if (!share) return std::string(no_number);
  return (standing == Standing::beaten ? "" : "≈ ") + number(100 * *share) + " %";
}

}  // namespace

std::optional<double> share_of_leader(const ChartRow& row) {
  const results::Verdict* verdict = verdict_with_ranking(row);
  if (verdict == nullptr || row.row->ceiling) return std::nullopt;
  for (const auto& [subject, share] : verdict->ranking) {
    if (subject == row.row->subject) return share;
  }
  return std::nullopt;
}

void add_standing_data(const ChartRow& row, json& sets) {
  if (row.row->ceiling || verdict_with_ranking(row) == nullptr) return;
  const Standing standing = results::standing_of(*row.scenario, *row.row);
  const auto share = share_of_leader(row);
  json record = row.record(main_unit(*row.scenario));
  record["standing"] = results::standing_name(standing);
  if (share) record["of_leader"] = six_digits(*share);
  record["text"] = standing_text(standing, share);
  sets["standings"].push_back(std::move(record));
}

}  // namespace threadmill::plots
