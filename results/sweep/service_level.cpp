#include "results/sweep/service_level.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace threadmill::results {
namespace {

constexpr std::pair<std::string_view, double> kPercentiles[] = {
    {"p50", 50}, {"p90", 90}, {"p95", 95}, {"p99", 99}, {"p99.9", 99.9}, {"p99.99", 99.99}, {"max", 100}};

struct Unit {
  std::string_view name;
  std::int64_t ns;
};

// The micro sign and the Greek letter look alike; keyboards have either.
constexpr Unit kUnits[] = {{"s", 1'000'000'000}, {"ms", 1'000'000},  {"us", 1'000},
                           {"\u00B5s", 1'000},   {"\u03BCs", 1'000}, {"ns", 1}};

[[noreturn]] void fail(std::string_view text, const std::string& what) {
  throw std::invalid_argument(fmt::format(
      "\"{}\" is not a service level: {}; write p99<5ms or p50<200us,p99.9<20ms", text.substr(0, 64), what));
}

std::string percentile_names() {
  std::string names;
  for (const auto& [name, percentile] : kPercentiles)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  return names;
}

std::int64_t parse_time_ns(std::string_view part, std::string_view whole) {
  double count = 0;
  const auto [end, error] =
      std::from_chars(part.data(), part.data() + part.size(), count, std::chars_format::fixed);
  if (error != std::errc{}) fail(whole, fmt::format("\"{}\" does not begin with a number", part));
  const std::string_view unit = part.substr(static_cast<std::size_t>(end - part.data()));
  const auto found = std::find_if(std::begin(kUnits), std::end(kUnits),
                                  [&](const Unit& known) { return known.name == unit; });
  if (found == std::end(kUnits)) {
    fail(whole, unit.empty() ? fmt::format("\"{}\" has no unit (ns, us, ms, s)", part)
                             : fmt::format("\"{}\" is none of the units ns, us, ms, s", unit));
  }
  const double ns = count * static_cast<double>(found->ns);
  if (!(ns >= 1 && ns <= static_cast<double>(LatencyLimit::kLongestNs)))
    fail(whole, fmt::format("{} is outside 1ns to 60s", part));
  return std::llround(ns);
}

LatencyLimit parse_limit(std::string_view part, std::string_view whole) {
  const auto sign = part.find('<');
  if (sign == std::string_view::npos) fail(whole, fmt::format("\"{}\" has no <", part));
  const std::string_view name = part.substr(0, sign);
  for (const auto& [known, percentile] : kPercentiles) {
    if (known == name) return {known, percentile, parse_time_ns(part.substr(sign + 1), whole)};
  }
  fail(whole, fmt::format("\"{}\" is none of {}", name, percentile_names()));
}

}  // namespace

std::string LatencyLimit::text() const {
  const auto unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                 [&](const Unit& known) { return below_ns >= known.ns; });
  auto decimals = fmt::format("{:09}", below_ns % unit->ns * (kUnits[0].ns / unit->ns));
  decimals.erase(decimals.find_last_not_of('0') + 1);
  return fmt::format("{}<{}{}{}{}", name, below_ns / unit->ns, decimals.empty() ? "" : ".", decimals,
                     unit->name);
}

ServiceLevel ServiceLevel::parse(std::string_view text) {
  ServiceLevel level;
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    const auto limit = parse_limit(text.substr(from, comma - from), text);
    for (const auto& earlier : level.limits) {
      if (earlier.name == limit.name) fail(text, fmt::format("it limits {} twice", limit.name));
    }
    level.limits.push_back(limit);
    from = comma + 1;
  }
  return level;
}

std::string ServiceLevel::text() const {
  std::string text;
  for (const auto& limit : limits) text += (text.empty() ? "" : ",") + limit.text();
  return text;
}

std::int64_t ServiceLevel::longest_ns() const {
  std::int64_t longest = 0;
  for (const auto& limit : limits) longest = std::max(longest, limit.below_ns);
  return longest;
}

}  // namespace threadmill::results
