#include "harness/cli/option_values.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "harness/errors.h"

namespace threadmill::harness {
namespace {

/// A decimal number and, in `rest`, what follows it; -1 where there is none.
double leading_number(std::string_view text, std::string_view& rest) {
  double value = -1;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  rest = text.substr(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{} ? value : -1;
}

}  // namespace

std::vector<std::string> names_in(const std::vector<std::string>& lists, std::string_view option) {
  std::vector<std::string> names;
  const auto add = [&](std::string name) {
    if (name.empty())
      throw InputError(
          fmt::format("{}: a name is empty; separate the names by single commas, as in a,b", option));
    if (std::find(names.begin(), names.end(), name) != names.end())
      throw InputError(fmt::format("{}: '{}' is given twice; name it once", option, name));
    names.push_back(std::move(name));
  };
  for (const std::string& list : lists) {
    for (std::size_t from = 0; from <= list.size();) {
      const std::size_t comma = std::min(list.find(',', from), list.size());
      add(list.substr(from, comma - from));
      from = comma + 1;
    }
  }
  return names;
}

bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code missing;
  return a == b || std::filesystem::equivalent(a, b, missing);
}

void check_each_given_once(const std::vector<std::string>& files) {
  for (auto file = files.begin(); file != files.end(); ++file) {
    const auto same = [&](const std::string& earlier) { return is_same_file(earlier, *file); };
    if (std::any_of(files.begin(), file, same))
      throw InputError(fmt::format("{}: is given twice; name each result file once", *file));
  }
}

std::string check_seed(const std::string& text) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return digits ? "" : "must be a whole number that is not negative, not '" + text + "'";
}

double share_from(std::string_view text, std::string_view option) {
  std::string_view unit;
  double share = leading_number(text, unit);
  if (unit == "%") share /= 100;
  if ((unit.empty() || unit == "%") && share > 0 && share < 1) return share;
  throw InputError(fmt::format("{}: '{}' is no share between 0 and 1; give it as 5% or 0.05", option, text));
}

double seconds_from(std::string_view text, std::string_view option) {
  constexpr double most = 7 * 86'400;
  std::string_view unit;
  double seconds = leading_number(text, unit);
  if (unit == "ms") seconds /= 1000;
  if (unit == "m") seconds *= 60;
  if (unit == "h") seconds *= 3600;
  const bool known = unit.empty() || unit == "ms" || unit == "s" || unit == "m" || unit == "h";
  if (known && seconds > 0 && seconds <= most) return seconds;
  throw InputError(fmt::format("{}: '{}' is no length of time up to a week; give it as 500ms, 90s, 2m or 1h",
                               option, text));
}

CLI::Option* add_json(CLI::App& verb, bool& as_json, const std::string& what) {
  return verb.add_flag(
      "--json", as_json,
      fmt::format("Print {} as JSON, for programs, and nothing else to standard output", what));
}

void add_no_color(CLI::App& verb, bool& colours) {
  verb.add_flag_callback(
      "--no-color", [&colours] { colours = false; },
      "No colours; NO_COLOR in the environment says the same, and there are none where standard output is no "
      "terminal");
}

}  // namespace threadmill::harness
