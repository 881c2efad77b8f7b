#include "results/comparison/published.h"

#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

/// Of a number of messages: the reciprocal of a rate.
bool is_time(std::string_view published_metric) { return published_metric == "seconds_per_1000_messages"; }

/// What this project measures of it.
std::optional<Metric> metric_beside(std::string_view published_metric) {
  if (published_metric == "messages_per_s" || is_time(published_metric)) return Metric::requests_per_s;
  if (published_metric == "requests_per_s") return Metric::requests_per_s;
  if (published_metric == "cpu_percent") return Metric::server_cpu_percent;
  if (published_metric == "cpu_percent_max") return Metric::server_cpu_percent_max;
  if (published_metric == "memory_mib_max") return Metric::pss_peak_bytes;
  return std::nullopt;
}

}  // namespace

std::optional<Published> published_of(const nlohmann::json& scenario) {
  const nlohmann::json* published = find_at(scenario, "/published");
  if (published == nullptr || !published->is_object()) return std::nullopt;
  Published result{text_at(*published, "/source"), text_at(*published, "/machine"), {}};
  const nlohmann::json* figures = find_at(*published, "/figures");
  if (figures == nullptr || !figures->is_array()) return result;
  for (const nlohmann::json& figure : *figures) {
    const auto value = number_at(figure, "/value");
    if (!value) continue;
    result.figures.push_back({text_at(figure, "/subject"), text_at(figure, "/metric"), *value,
                              is_true_at(figure, "/approximate")});
  }
  return result;
}

std::optional<Spread> ours_beside(const Row& row, std::string_view published_metric) {
  const auto metric = metric_beside(published_metric);
  if (!metric || !row.spreads[*metric]) return std::nullopt;
  const Spread& ours = *row.spreads[*metric];
  if (is_time(published_metric)) {
    if (!(ours.min > 0)) return std::nullopt;
    return Spread{ours.count, 1000 / ours.median, 1000 / ours.max, 1000 / ours.min, std::nullopt};
  }
  if (*metric != Metric::pss_peak_bytes) return ours;
  constexpr double mib = 1024.0 * 1024;
  return Spread{ours.count, ours.median / mib, ours.min / mib, ours.max / mib, std::nullopt};
}

Hidden hidden_of_ours(const Row& row, std::string_view published_metric) {
  const auto metric = metric_beside(published_metric);
  if (!metric) return Hidden::nothing;
  const Hidden hidden = hidden_of(row, *metric);
  return is_time(published_metric) ? opposite(hidden) : hidden;
}

}  // namespace threadmill::results
