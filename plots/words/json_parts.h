#pragma once
// The pieces that documents for programs are put together from. Pure functions.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "results/statistics/statistics.h"
#include "results/trial/hidden.h"
#include "results/trial/metrics.h"

namespace threadmill::plots {

/// An array with one element for each item.
template <typename Items, typename ToJson>
nlohmann::ordered_json array_of(const Items& items, ToJson to_json) {
  nlohmann::ordered_json array = nlohmann::ordered_json::array();
  for (const auto& item : items) array.push_back(to_json(item));
  return array;
}

/// Null for "".
nlohmann::ordered_json text_or_null(const std::string& text);

nlohmann::ordered_json number_or_null(const std::optional<double>& number);

/// "figure_or_null" of results/schema: `low` and `high` enclose the median with the probability `confidence`;
/// too few trials have no such interval.
nlohmann::ordered_json figure_or_null(const std::optional<results::Spread>& spread);

/// "figure_or_null" of report-v1: the same with the bound that a load generator made of it.
nlohmann::ordered_json bounded_figure_or_null(const std::optional<results::Spread>& spread,
                                              results::Hidden hidden);

/// Adds an interval's `low`, `high` and `confidence`; null where there is none.
void add_interval(nlohmann::ordered_json& figure, const std::optional<results::Interval>& interval);

/// What a figure is called, which way it gets better, and what it means.
nlohmann::ordered_json metric_json(std::string_view name, results::Better better, std::string_view meaning);

/// As a file has it, with a line end. What is not UTF-8, as a file's name need not be, is replaced.
std::string json_text(const nlohmann::ordered_json& document);

}  // namespace threadmill::plots
