#include "plots/charts/ceiling_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "results/comparison/cell.h"
#include "results/comparison/copy_share.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Row;

/// The ceiling that the row was measured beside; nullptr where there is none with good figures.
const Row* ceiling_beside(const ChartRow& row) {
  const auto& rows = row.scenario->rows;
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& other) {
    return other.ceiling && other.run == row.row->run && results::is_comparable(other);
  });
  return found == rows.end() ? nullptr : &*found;
}

/// The records of one row, in percent of whatever `what` names.
class Shares {
 public:
  Shares(const ChartRow& row, const char* what, json& sets) : row_(row), what_(what), sets_(sets) {}

  void add(const char* kind, double share, const std::string& text) const {
    json record = row_.record(what_);
    record["kind"] = kind;
    record["value"] = six_digits(100 * share);
    record["text"] = text;
    sets_["of_ceiling"].push_back(std::move(record));
  }
  void add_trial(double share) const { add("trial", share, number(100 * share) + " %"); }

 private:
  const ChartRow& row_;
  const char* what_;
  json& sets_;
};

void add_share_of_ceiling(const ChartRow& row, json& sets) {
  const Row* ceiling = ceiling_beside(row);
  // At a rate that is set, all do the same: that is no distance.
  if (ceiling == nullptr || row.scenario->open) return;
  const Shares shares(row, "% of the ceiling", sets);
  if (row.row->ceiling) return shares.add("median", 1, "100 %");
  if (!results::is_comparable(*row.row)) return shares.add("median", 0, "invalid");
  if (!row.row->of_ceiling) return;
  const double median = row.row->of_ceiling->median;
  shares.add("median", median,
             fmt::format("{}{} %", bound_mark(row.row->of_ceiling_hidden), number(100 * median)));
  for (const double ratio : results::paired_ratios(*row.row, *ceiling, row.scenario->main_metric))
    shares.add_trial(ratio);
}

/// How far a fan-out is from what the machine copies; there is no bare server to hold it against.
void add_share_of_copying(const results::Comparison& comparison, const ChartRow& row, json& sets) {
  const auto of_a_delivery = results::copy_share_of_a_delivery(comparison, *row.scenario, *row.row);
  if (!of_a_delivery) return;
  const Shares shares(row, "% of the loopback's copy rate", sets);
  if (!results::is_comparable(*row.row)) return shares.add("median", 0, "invalid");
  const auto& rate = row.row->spreads[results::Metric::deliveries_per_s];
  if (!rate) return;
  const double median = *of_a_delivery * rate->median;
  shares.add("median", median, (row.row->is_generator_bound() ? "≥ " : "") + number(100 * median) + " %");
  for (const double per_s : results::values_of(*row.row, results::Metric::deliveries_per_s))
    shares.add_trial(*of_a_delivery * per_s);
}

}  // namespace

void add_ceiling_data(const results::Comparison& comparison, const ChartRow& row, json& sets) {
  add_share_of_ceiling(row, sets);
  add_share_of_copying(comparison, row, sets);
}

}  // namespace threadmill::plots
