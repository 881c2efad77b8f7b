#include "loadgen/rate.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace threadmill::load {
namespace {

[[noreturn]] void fail(std::string_view text, std::string_view what) {
  throw std::invalid_argument(
      fmt::format("\"{}\" is not a rate: {}; write 4000, 2.5k, 1M, or a ramp such as 10k:50k/30s",
                  text.substr(0, 64), what));
}

/// A decimal number and what follows it.
double read_number(std::string_view part, std::string_view whole, std::string_view& rest) {
  double value = 0;
  const auto result =
      std::from_chars(part.data(), part.data() + part.size(), value, std::chars_format::fixed);
  if (result.ec != std::errc{}) fail(whole, fmt::format("\"{}\" does not begin with a number", part));
  rest = part.substr(static_cast<std::size_t>(result.ptr - part.data()));
  return value;
}

double read_per_s(std::string_view part, std::string_view whole) {
  std::string_view unit;
  double value = read_number(part, whole, unit);
  if (unit == "k") {
    value *= 1e3;
  } else if (unit == "M") {
    value *= 1e6;
  } else if (!unit.empty()) {
    fail(whole, fmt::format("\"{}\" is not k or M", unit));
  }
  if (!(value >= Rate::kLowestPerS && value <= Rate::kHighestPerS)) {
    fail(whole, fmt::format("{} is outside {} to {} a second", part, Rate::kLowestPerS, Rate::kHighestPerS));
  }
  return value;
}

double read_ramp_s(std::string_view part, std::string_view whole) {
  std::string_view unit;
  const double value = read_number(part, whole, unit);
  if (unit != "s") fail(whole, "the time of a ramp ends in s");
  if (!(value >= 0.001 && value <= Rate::kLongestRampS)) {
    fail(whole, fmt::format("a ramp takes 0.001 to {} s", Rate::kLongestRampS));
  }
  return value;
}

}  // namespace

Rate Rate::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return Rate(read_per_s(text, text));
  const auto slash = text.find('/', colon);
  if (slash == std::string_view::npos) fail(text, "a ramp says how long it takes");
  return {read_per_s(text.substr(0, colon), text),
          read_per_s(text.substr(colon + 1, slash - colon - 1), text),
          read_ramp_s(text.substr(slash + 1), text)};
}

std::string Rate::text() const {
  // Fixed notation, because that is what parse() takes; the shortest that is exact.
  char buffer[3][512];
  const auto print = [&buffer](int slot, double value) {
    const auto end =
        std::to_chars(buffer[slot], buffer[slot] + sizeof buffer[slot], value, std::chars_format::fixed);
    return std::string_view(buffer[slot], static_cast<std::size_t>(end.ptr - buffer[slot]));
  };
  if (!ramped()) return std::string(print(0, from_per_s_));
  return fmt::format("{}:{}/{}s", print(0, from_per_s_), print(1, to_per_s_), print(2, ramp_s_));
}

std::int64_t Rate::time_of_ns(double count) const noexcept {
  if (!ramped()) return std::llround(count / from_per_s_ * 1e9);
  const double in_ramp = (from_per_s_ + to_per_s_) / 2 * ramp_s_;
  if (count >= in_ramp) return std::llround((ramp_s_ + (count - in_ramp) / to_per_s_) * 1e9);
  // count = from t + slope t^2 / 2, solved for t in the form that does not cancel where the slope is small.
  const double slope = (to_per_s_ - from_per_s_) / ramp_s_;
  const double root = std::sqrt(std::max(from_per_s_ * from_per_s_ + 2 * slope * count, 0.0));
  return std::llround(2 * count / (from_per_s_ + root) * 1e9);
}

}  // namespace threadmill::load
