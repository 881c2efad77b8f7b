#include "plots/words/cells.h"

#include <fmt/format.h>

#include "plots/text/text.h"

namespace threadmill::plots {

std::string label_cell(const results::Row& row) {
  return plain(row.label, 48) + (row.ceiling ? " (ceiling)" : "");
}

std::string short_label(const std::string& label, bool is_ceiling) {
  return plain(label, 30) + (is_ceiling ? " (ceiling)" : "");
}

std::string median_cell(const results::Row& row, results::Metric metric, std::string (*format)(double)) {
  const auto& spread = row.spreads[metric];
  return spread ? format(spread->median) : std::string(no_number);
}

std::string main_cell(const results::Row& row, results::Metric metric) {
  const std::string median = median_cell(row, metric, number);
  return row.is_generator_bound() ? "≥ " + median : median;
}

std::string range_cell(const results::Row& row, results::Metric metric, std::string (*format)(double)) {
  const auto& spread = row.spreads[metric];
  if (!spread) return std::string(no_number);
  return format(spread->min) + " to " + format(spread->max);
}

std::string of_ceiling_cell(const results::Row& row) {
  if (row.ceiling) return "1";
  if (!row.of_ceiling) return std::string(no_number);
  const auto& spread = *row.of_ceiling;
  return fmt::format("{} ({} to {})", share(spread.median), share(spread.min), share(spread.max));
}

std::string latency_text(double nanoseconds) {
  constexpr double highest = static_cast<double>(load::Histogram::kHighest);
  return nanoseconds > highest * 0.999 ? "≥ " + duration(highest) : duration(nanoseconds);
}

std::string percentile_cell(const std::optional<results::Percentiles>& percentiles,
                            double results::Percentiles::*which) {
  return percentiles ? latency_text(*percentiles.*which) : std::string(no_number);
}

std::string percent(double value) { return number(value) + " %"; }

}  // namespace threadmill::plots
