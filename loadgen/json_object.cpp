#include "loadgen/json_object.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace threadmill::load {
namespace {

std::string quoted_list(const std::vector<std::string_view>& words) {
  std::vector<std::string> quoted;
  for (const auto word : words) quoted.push_back(fmt::format("\"{}\"", word));
  return fmt::format("{}", fmt::join(quoted, ", "));
}

}  // namespace

JsonObject::JsonObject(const nlohmann::json& json, std::string path, std::vector<std::string_view> allowed)
    : json_(json), path_(std::move(path)) {
  if (!json_.is_object()) {
    throw PlanError(path_.empty() ? "load plan: it must be a JSON object"
                                  : fmt::format("load plan: \"{}\" must be an object", path_));
  }
  for (const auto& [key, value] : json_.items()) {
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      throw PlanError(
          fmt::format("load plan: unknown key {}; allowed here: {}", name_of(key), quoted_list(allowed)));
    }
  }
}

std::string JsonObject::name_of(std::string_view key) const {
  return path_.empty() ? fmt::format("\"{}\"", key) : fmt::format("\"{}.{}\"", path_, key);
}

void JsonObject::fail(std::string_view key, const std::string& what) const {
  throw PlanError(fmt::format("load plan: {} {}", name_of(key), what));
}

const nlohmann::json* JsonObject::find(std::string_view key) const {
  const auto found = json_.find(key);
  return found == json_.end() ? nullptr : &*found;
}

const nlohmann::json& JsonObject::required(std::string_view key, const std::string& expected) const {
  const auto* value = find(key);
  if (value == nullptr) fail(key, fmt::format("is missing; it must be {}", expected));
  return *value;
}

std::uint64_t JsonObject::integer(std::string_view key, std::uint64_t lowest, std::uint64_t highest,
                                  std::optional<std::uint64_t> fallback) const {
  if (fallback && !has(key)) return *fallback;
  const std::string expected = fmt::format("an integer from {} to {}", lowest, highest);
  const auto& value = required(key, expected);
  const bool whole =
      value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
  const bool fits = whole && value.get<std::uint64_t>() >= lowest && value.get<std::uint64_t>() <= highest;
  if (!fits) fail(key, fmt::format("must be {}, not {}", expected, value.dump()));
  return value.get<std::uint64_t>();
}

double JsonObject::number(std::string_view key, double lowest, double highest,
                          std::optional<double> fallback) const {
  if (fallback && !has(key)) return *fallback;
  const std::string expected = fmt::format("a number from {} to {}", lowest, highest);
  const auto& value = required(key, expected);
  if (!value.is_number() || !(value.get<double>() >= lowest) || !(value.get<double>() <= highest)) {
    fail(key, fmt::format("must be {}, not {}", expected, value.dump()));
  }
  return value.get<double>();
}

std::size_t JsonObject::choice(std::string_view key, const std::vector<std::string_view>& choices,
                               std::optional<std::size_t> fallback) const {
  if (fallback && !has(key)) return *fallback;
  const std::string expected = fmt::format("one of {}", quoted_list(choices));
  const auto& value = required(key, expected);
  const auto found = value.is_string()
                         ? std::find(choices.begin(), choices.end(), value.get_ref<const std::string&>())
                         : choices.end();
  if (found == choices.end()) fail(key, fmt::format("must be {}, not {}", expected, value.dump()));
  return static_cast<std::size_t>(found - choices.begin());
}

std::string JsonObject::text(std::string_view key) const {
  const auto& value = required(key, "a string");
  if (!value.is_string()) fail(key, fmt::format("must be a string, not {}", value.dump()));
  return value.get<std::string>();
}

bool JsonObject::boolean(std::string_view key, bool fallback) const {
  const auto* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) fail(key, fmt::format("must be true or false, not {}", value->dump()));
  return value->get<bool>();
}

std::string JsonObject::number_or_text(std::string_view key) const {
  const auto& value = required(key, "a number or a string");
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number()) fail(key, fmt::format("must be a number or a string, not {}", value.dump()));
  return value.dump();
}

JsonObject JsonObject::object(std::string_view key, std::vector<std::string_view> allowed) const {
  const auto& value = required(key, fmt::format("an object with {}", quoted_list(allowed)));
  return {value, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key), std::move(allowed)};
}

std::vector<int> JsonObject::integers(std::string_view key, int lowest, int highest) const {
  std::vector<int> list;
  const auto* value = find(key);
  if (value == nullptr) return list;
  const std::string expected = fmt::format("a list of integers from {} to {}", lowest, highest);
  if (!value->is_array()) fail(key, fmt::format("must be {}, not {}", expected, value->dump()));
  for (const auto& element : *value) {
    const bool fits = element.is_number_integer() && element.get<std::int64_t>() >= lowest &&
                      element.get<std::int64_t>() <= highest;
    if (!fits) fail(key, fmt::format("must be {}, but holds {}", expected, element.dump()));
    list.push_back(element.get<int>());
  }
  return list;
}

}  // namespace threadmill::load
