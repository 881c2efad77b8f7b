#include "loadgen/reference/duration.h"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>
#include <utility>

namespace threadmill::load::reference {
namespace {

constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
    {"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}};

/// 0 for what is no unit.
std::int64_t unit_ns(std::string_view text) {
  for (const auto& [name, ns] : kUnits) {
    if (name == text) return ns;
  }
  return 0;
}

}  // namespace

std::int64_t parse_duration_ns(std::string_view text, std::int64_t most_ns) {
  std::int64_t count = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::int64_t unit = unit_ns({end, static_cast<std::size_t>(text.data() + text.size() - end)});
  if (error != std::errc{} || unit == 0 || count < 0 || count > most_ns / unit) {
    throw std::invalid_argument(fmt::format(
        "'{}' is not a length of time; give a whole number and ns, us, ms or s, as in 500us, up to {} us",
        text, most_ns / 1000));
  }
  return count * unit;
}

}  // namespace threadmill::load::reference
