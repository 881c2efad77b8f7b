#include "plots/page/packed_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace threadmill::plots {
namespace {

using nlohmann::json;

json shortened(const json& value) {
  if (!value.is_number_float()) return value;
  const double number = value.get<double>();
  if (!std::isfinite(number) || number == std::floor(number)) return value;
  return std::strtod(fmt::format("{:.6g}", number).c_str(), nullptr);
}

bool is_of_texts(const json& values) {
  return std::all_of(values.begin(), values.end(),
                     [](const json& v) { return v.is_string() || v.is_null(); });
}

json with_each_text_once(const json& values) {
  std::map<std::string, std::size_t> places;
  json words = json::array(), indices = json::array();
  for (const json& value : values) {
    if (value.is_null()) {
      indices.push_back(nullptr);
      continue;
    }
    const auto [entry, is_new] = places.try_emplace(value.get<std::string>(), words.size());
    if (is_new) words.push_back(value);
    indices.push_back(entry->second);
  }
  return {{"words", std::move(words)}, {"values", std::move(indices)}};
}

}  // namespace

json packed(const json& records) {
  std::map<std::string, json> columns;
  for (std::size_t i = 0; i < records.size(); ++i) {
    for (const auto& [name, value] : records[i].items()) {
      const auto [column, is_new] = columns.try_emplace(name);
      if (is_new) column->second = json::array_t(records.size());
      column->second[i] = shortened(value);
    }
  }
  json all = json::object();
  for (auto& [name, values] : columns) {
    all[name] = is_of_texts(values) ? with_each_text_once(values) : json{{"values", std::move(values)}};
  }
  return {{"count", records.size()}, {"columns", std::move(all)}};
}

}  // namespace threadmill::plots
