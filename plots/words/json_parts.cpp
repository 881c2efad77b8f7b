#include "plots/words/json_parts.h"

namespace threadmill::plots {

using nlohmann::ordered_json;

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json number_or_null(const std::optional<double>& number) {
  return number ? ordered_json(*number) : ordered_json(nullptr);
}

void add_interval(ordered_json& figure, const std::optional<results::Interval>& interval) {
  figure["low"] = interval ? ordered_json(interval->low) : ordered_json(nullptr);
  figure["high"] = interval ? ordered_json(interval->high) : ordered_json(nullptr);
  figure["confidence"] = interval ? ordered_json(interval->confidence) : ordered_json(nullptr);
}

ordered_json figure_or_null(const std::optional<results::Spread>& spread) {
  if (!spread) return nullptr;
  ordered_json figure = {{"median", spread->median}};
  add_interval(figure, spread->interval);
  figure["min"] = spread->min;
  figure["max"] = spread->max;
  figure["count"] = spread->count;
  return figure;
}

ordered_json bounded_figure_or_null(const std::optional<results::Spread>& spread, results::Hidden hidden) {
  ordered_json figure = figure_or_null(spread);
  if (spread) figure["bound"] = results::bound_name(hidden);
  return figure;
}

nlohmann::ordered_json metric_json(std::string_view name, results::Better better, std::string_view meaning) {
  return {{"name", name}, {"better", results::better_name(better)}, {"meaning", meaning}};
}

std::string json_text(const nlohmann::ordered_json& document) {
  return document.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace threadmill::plots
