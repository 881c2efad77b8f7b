#include "plots/gate/gate_json.h"

#include <nlohmann/json.hpp>

#include "plots/gate/words.h"
#include "plots/words/json_parts.h"

namespace threadmill::plots {
namespace {

using nlohmann::ordered_json;
using results::GateCell;
using results::GateOutcome;
using results::RatioEstimate;

/// Of the candidate to the baseline. Both counts are of blocks; of blocks in which both ran where they are
/// paired.
ordered_json estimate_or_null(const std::optional<RatioEstimate>& estimate) {
  if (!estimate) return nullptr;
  ordered_json object = {{"ratio", estimate->ratio}};
  add_interval(object, estimate->interval);
  object["p_value"] = estimate->p_value;
  object["paired"] = estimate->pairing == results::Pairing::paired;
  object["candidate_blocks"] = estimate->first_count;
  object["baseline_blocks"] = estimate->second_count;
  return object;
}

ordered_json cell_json(const GateCell& cell) {
  const auto& traits = results::traits_of(cell.metric);
  const bool open = cell.outcome == GateOutcome::inconclusive;
  return {{"scenario", cell.scenario},
          {"subject", cell.subject},
          {"metric", traits.name},
          {"better", results::better_name(traits.better)},
          {"outcome", results::gate_outcome_name(cell.outcome)},
          {"doubt", open ? ordered_json(results::gate_doubt_name(cell.doubt)) : ordered_json(nullptr)},
          {"reason", text_or_null(cell.reason)},
          {"only_in_baseline", cell.only_in_baseline},
          {"baseline", figure_or_null(cell.baseline)},
          {"candidate", figure_or_null(cell.candidate)},
          {"worsening", estimate_or_null(cell.worsening)},
          {"yardstick", estimate_or_null(cell.yardstick)},
          {"noise_floor", number_or_null(cell.noise_floor)},
          {"smallest_detectable", number_or_null(cell.smallest_detectable)}};
}

}  // namespace

ordered_json gate_json(const results::GateReport& report) {
  return {{"schema", "threadmill-gate"},
          {"schema_version", kGateJsonVersion},
          {"outcome", results::gate_outcome_name(report.outcome())},
          {"verdict", verdict_of_gate(report)},
          {"baseline", report.baseline},
          {"candidate", report.candidate},
          {"max_regression", report.max_regression},
          {"took_s", report.took_s},
          {"cells", array_of(report.cells, cell_json)},
          {"warnings", report.warnings}};
}

}  // namespace threadmill::plots
