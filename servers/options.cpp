#include "servers/options.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <stdexcept>

namespace threadmill::servers {
namespace {

constexpr std::chrono::microseconds kLongestDelay = std::chrono::seconds(1);

std::optional<std::chrono::microseconds> parse_delay(std::string_view text) {
  long long count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error != std::errc{} || count <= 0 || count > kLongestDelay.count()) return std::nullopt;
  if (unit == "us") return std::chrono::microseconds(count);
  if (unit == "ms" && std::chrono::milliseconds(count) <= kLongestDelay)
    return std::chrono::milliseconds(count);
  return std::nullopt;
}

}  // namespace

std::string_view to_string(FlushKind kind) {
  switch (kind) {
    case FlushKind::immediate:
      return "immediate";
    case FlushKind::tick:
      return "tick";
    case FlushKind::delay:
      return "delay";
  }
  return "?";
}

std::string_view to_string(Distribution distribution) {
  switch (distribution) {
    case Distribution::batch:
      return "batch";
    case Distribution::broadcast:
      return "broadcast";
    case Distribution::writers:
      return "writers";
  }
  return "?";
}

Distribution parse_distribution(std::string_view text) {
  using enum Distribution;
  for (const auto distribution : {batch, broadcast, writers}) {
    if (text == to_string(distribution)) return distribution;
  }
  throw std::invalid_argument(
      fmt::format("'{}' is not a way to distribute; give batch, broadcast or writers", text));
}

std::string_view to_string(Sharding sharding) {
  return sharding == Sharding::handoff ? "handoff" : "reuseport";
}

Flush parse_flush(std::string_view text) {
  constexpr std::string_view kDelayPrefix = "delay:";
  if (text == "immediate") return {FlushKind::immediate, {}};
  if (text == "tick") return {FlushKind::tick, {}};
  if (text.starts_with(kDelayPrefix)) {
    if (const auto delay = parse_delay(text.substr(kDelayPrefix.size()))) return {FlushKind::delay, *delay};
  }
  throw std::invalid_argument(fmt::format(
      "'{}' is not a way to flush; give immediate, tick or delay:TIME with a TIME of 1us to 1000ms, as in "
      "delay:200us",
      text));
}

std::string to_string(const Flush& flush) {
  if (flush.kind == FlushKind::delay) return fmt::format("delay:{}us", flush.delay.count());
  return std::string(to_string(flush.kind));
}

}  // namespace threadmill::servers
