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

std::string_view bound_mark(results::Hidden hidden) {
  switch (hidden) {
    case results::Hidden::nothing:
      break;
    case results::Hidden::more:
      return "≥ ";
    case results::Hidden::less:
      return "≤ ";
    case results::Hidden::either:
      return "? ";
  }
  return "";
}

std::string median_cell(const results::Row& row, results::Metric metric, std::string (*format)(double)) {
  const auto& spread = row.spreads[metric];
  if (!spread) return std::string(no_number);
  return std::string(bound_mark(results::hidden_of(row, metric))) + format(spread->median);
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
  return fmt::format("{} ({} to {})", short_of_ceiling_cell(row), share(spread.min), share(spread.max));
}

std::string short_of_ceiling_cell(const results::Row& row) {
  if (row.ceiling) return "1";
  if (!row.of_ceiling) return std::string(no_number);
  return std::string(bound_mark(row.of_ceiling_hidden)) + share(row.of_ceiling->median);
}

std::string latency_text(double nanoseconds, results::Hidden hidden) {
  constexpr double highest = static_cast<double>(load::Histogram::kHighest);
  const bool at_the_end = nanoseconds > highest * 0.999;
  if (at_the_end) hidden = results::both(hidden, results::Hidden::more);
  return std::string(bound_mark(hidden)) + duration(at_the_end ? highest : nanoseconds);
}

std::string percentile_cell(const std::optional<results::Percentiles>& percentiles,
                            std::optional<double> results::Percentiles::*which, results::Hidden hidden) {
  const auto value = percentiles ? *percentiles.*which : std::nullopt;
  return value ? latency_text(*value, hidden) : std::string(no_number);
}

std::string percentile_cell(const results::Row& row, results::Latency latency,
                            std::optional<double> results::Percentiles::*which) {
  return percentile_cell(row.latency(latency), which, hidden_of_latency(row, latency));
}

results::Hidden hidden_of_latency(const results::Row& row, results::Latency latency) {
  return results::hidden_of(row, results::latencies()[static_cast<std::size_t>(latency)].p50);
}

std::string percent(double value) { return number(value) + " %"; }

}  // namespace threadmill::plots
