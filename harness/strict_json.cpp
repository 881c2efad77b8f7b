#include "harness/strict_json.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>

#include "harness/errors.h"
#include "harness/suggest.h"

namespace threadmill::harness {

namespace {

// The library puts "[json.exception.parse_error.101] " in front.
std::string without_tag(const std::string& message) {
  const auto end = message.find("] ");
  return message.starts_with('[') && end != std::string::npos ? message.substr(end + 2) : message;
}

}  // namespace

nlohmann::json read_json_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw InputError(fmt::format("{}: cannot be read; give the path of a JSON file", file.string()));
  try {
    return nlohmann::json::parse(in);
  } catch (const nlohmann::json::parse_error& error) {
    throw InputError(fmt::format("{}: not valid JSON: {}", file.string(), without_tag(error.what())));
  }
}

StrictObject::StrictObject(const nlohmann::json& object, std::string where, std::vector<std::string> required,
                           const std::vector<std::string>& optional)
    : object_(object), where_(std::move(where)) {
  if (!object.is_object()) fail("must be a JSON object");
  for (const auto& key : required) {
    if (!object.contains(key)) fail(fmt::format("key '{}' is missing", key));
  }
  auto& known = required;
  known.insert(known.end(), optional.begin(), optional.end());
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      fail(unknown_name_message("key", key, known));
    }
  }
}

bool StrictObject::has(const std::string& key) const { return object_.contains(key); }

const nlohmann::json& StrictObject::at(const std::string& key) const { return object_.at(key); }

std::string StrictObject::text(const std::string& key) const {
  const auto& value = object_.at(key);
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    fail(fmt::format("'{}' must be a text that is not empty", key));
  }
  return value.get<std::string>();
}

std::vector<std::string> StrictObject::texts(const std::string& key) const {
  const auto& value = object_.at(key);
  const bool all_texts = value.is_array() &&
                         std::all_of(value.begin(), value.end(), [](const auto& v) { return v.is_string(); });
  if (!all_texts || value.empty()) fail(fmt::format("'{}' must be a list of at least one text", key));
  return value.get<std::vector<std::string>>();
}

std::int64_t StrictObject::integer(const std::string& key, std::int64_t least, std::int64_t most) const {
  const auto& value = object_.at(key);
  if (!value.is_number_integer() || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most) {
    fail(fmt::format("'{}' must be a whole number from {} to {}, not {}", key, least, most, value.dump()));
  }
  return value.get<std::int64_t>();
}

double StrictObject::number(const std::string& key, double least, double most) const {
  const auto& value = object_.at(key);
  if (!value.is_number() || value.get<double>() < least || value.get<double>() > most) {
    fail(fmt::format("'{}' must be a number from {} to {}, not {}", key, least, most, value.dump()));
  }
  return value.get<double>();
}

std::string StrictObject::choice(const std::string& key, const std::vector<std::string>& choices) const {
  const auto chosen = text(key);
  if (std::find(choices.begin(), choices.end(), chosen) == choices.end()) {
    fail(fmt::format("'{}' must be one of {}, not '{}'", key, fmt::join(choices, ", "), chosen));
  }
  return chosen;
}

void StrictObject::fail(const std::string& message) const { throw InputError(where_ + ": " + message); }

}  // namespace threadmill::harness
