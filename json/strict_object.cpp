#include "json/strict_object.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "json/closest_name.h"
#include "json/error.h"

namespace threadmill::json {
namespace {

std::string quoted_list(const std::vector<std::string_view>& words) {
  std::vector<std::string> quoted;
  for (const auto word : words) quoted.push_back(fmt::format("\"{}\"", word));
  return fmt::format("{}", fmt::join(quoted, ", "));
}

// "did you mean ...? ", or nothing.
std::string hint(std::string_view key, const std::vector<std::string_view>& allowed) {
  const auto meant = closest_name(key, {allowed.begin(), allowed.end()});
  return meant.empty() ? "" : fmt::format("did you mean \"{}\"? ", meant);
}

bool is_integer_within(const nlohmann::json& value, int lowest, int highest) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return std::cmp_greater_equal(number, lowest) && std::cmp_less_equal(number, highest);
  }
  return value.get<std::int64_t>() >= lowest && value.get<std::int64_t>() <= highest;
}

}  // namespace

StrictObject::StrictObject(const nlohmann::json& json, std::string where,
                           const std::vector<std::string_view>& allowed)
    : StrictObject(json, std::move(where), "", allowed) {}

StrictObject::StrictObject(const nlohmann::json& json, std::string where, std::string path,
                           const std::vector<std::string_view>& allowed)
    : json_(json), where_(std::move(where)), path_(std::move(path)) {
  check(allowed);
}

void StrictObject::check(const std::vector<std::string_view>& allowed) const {
  if (!json_.is_object()) {
    refuse(path_.empty() ? "must be a JSON object"
                         : fmt::format("\"{}\" must be an object with {}", path_, quoted_list(allowed)));
  }
  for (const auto& [key, value] : json_.items()) {
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      refuse(fmt::format("unknown key \"{}\"; {}allowed here: {}", path_of(key), hint(key, allowed),
                         quoted_list(allowed)));
    }
  }
}

void StrictObject::refuse(const std::string& message) const {
  throw JsonError(fmt::format("{}: {}", where_, message));
}

void StrictObject::fail(std::string_view key, const std::string& what) const {
  refuse(fmt::format("\"{}\" {}", path_of(key), what));
}

std::string StrictObject::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const nlohmann::json* StrictObject::find(std::string_view key) const {
  const auto found = json_.find(key);
  return found == json_.end() ? nullptr : &*found;
}

const nlohmann::json& StrictObject::required(std::string_view key, const std::string& expected) const {
  const auto* value = find(key);
  if (value == nullptr) fail(key, fmt::format("is missing; it must be {}", expected));
  return *value;
}

const nlohmann::json& StrictObject::at(std::string_view key) const {
  const auto* value = find(key);
  if (value == nullptr) fail(key, "is missing");
  return *value;
}

std::uint64_t StrictObject::integer(std::string_view key, std::uint64_t lowest, std::uint64_t highest,
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

double StrictObject::number(std::string_view key, double lowest, double highest,
                            std::optional<double> fallback) const {
  if (fallback && !has(key)) return *fallback;
  const std::string expected = fmt::format("a number from {} to {}", lowest, highest);
  const auto& value = required(key, expected);
  if (!value.is_number() || !(value.get<double>() >= lowest) || !(value.get<double>() <= highest)) {
    fail(key, fmt::format("must be {}, not {}", expected, value.dump()));
  }
  return value.get<double>();
}

std::size_t StrictObject::choice(std::string_view key, const std::vector<std::string_view>& choices,
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

std::string StrictObject::text(std::string_view key) const {
  const auto& value = required(key, "a string");
  if (!value.is_string()) fail(key, fmt::format("must be a string, not {}", value.dump()));
  return value.get<std::string>();
}

std::string StrictObject::nonempty_text(std::string_view key) const {
  const std::string expected = "a string that is not empty";
  const auto& value = required(key, expected);
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    fail(key, fmt::format("must be {}, not {}", expected, value.dump()));
  }
  return value.get<std::string>();
}

bool StrictObject::boolean(std::string_view key, bool fallback) const {
  const auto* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) fail(key, fmt::format("must be true or false, not {}", value->dump()));
  return value->get<bool>();
}

std::string StrictObject::number_or_text(std::string_view key) const {
  const auto& value = required(key, "a number or a string");
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number()) fail(key, fmt::format("must be a number or a string, not {}", value.dump()));
  return value.dump();
}

std::vector<std::string> StrictObject::texts(std::string_view key) const {
  const std::string expected = "a list of at least one string";
  const auto& value = required(key, expected);
  const auto is_text = [](const auto& element) { return element.is_string(); };
  if (!value.is_array() || value.empty() || !std::all_of(value.begin(), value.end(), is_text)) {
    fail(key, fmt::format("must be {}, not {}", expected, value.dump()));
  }
  return value.get<std::vector<std::string>>();
}

std::vector<int> StrictObject::integers(std::string_view key, int lowest, int highest) const {
  std::vector<int> list;
  const auto* value = find(key);
  if (value == nullptr) return list;
  const std::string expected = fmt::format("a list of integers from {} to {}", lowest, highest);
  if (!value->is_array()) fail(key, fmt::format("must be {}, not {}", expected, value->dump()));
  for (const auto& element : *value) {
    if (!is_integer_within(element, lowest, highest)) {
      fail(key, fmt::format("must be {}, but holds {}", expected, element.dump()));
    }
    list.push_back(element.get<int>());
  }
  return list;
}

StrictObject StrictObject::object(std::string_view key, const std::vector<std::string_view>& allowed) const {
  return {required(key, fmt::format("an object with {}", quoted_list(allowed))), where_, path_of(key),
          allowed};
}

std::vector<StrictObject> StrictObject::objects(std::string_view key,
                                                const std::vector<std::string_view>& allowed) const {
  const std::string expected = fmt::format("a list of objects with {}", quoted_list(allowed));
  const auto& value = required(key, expected);
  if (!value.is_array()) fail(key, fmt::format("must be {}, not {}", expected, value.dump()));
  std::vector<StrictObject> list;
  for (const auto& element : value) {
    const auto path = fmt::format("{}[{}]", path_of(key), list.size());
    list.push_back(StrictObject(element, where_, path, allowed));
  }
  return list;
}

}  // namespace threadmill::json
