#include "loadgen/reference/service_times.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "loadgen/reference/duration.h"

namespace threadmill::load::reference {
namespace {

using Kind = ServiceTimeSpec::Kind;

[[noreturn]] void fail(std::string_view text, std::string_view why) {
  throw std::invalid_argument(fmt::format(
      "'{}' is no distribution of service times ({}); give none, constant:500us, exponential:1ms or "
      "bimodal:300us,5ms,1%",
      text, why));
}

/// "1%" is 0.01.
double parse_share(std::string_view text) {
  double percent = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  const bool at_sign = error == std::errc{} && std::string_view(end, text.data() + text.size()) == "%";
  if (!at_sign || !(percent >= 0 && percent <= 100))
    throw std::invalid_argument(fmt::format("'{}' is not a share of 0% to 100%", text));
  return percent / 100;
}

/// Takes what stands before the next comma off the front.
std::string_view take_part(std::string_view& text) {
  const auto comma = text.find(',');
  const auto part = text.substr(0, comma);
  text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  return part;
}

std::int64_t time_ns(std::string_view text) { return parse_duration_ns(text, kLongestServiceNs); }

ServiceTimeSpec parse_kind(std::string_view kind, std::string_view rest) {
  if (kind == "constant") return {.kind = Kind::constant, .usual_ns = time_ns(rest)};
  if (kind == "exponential") return {.kind = Kind::exponential, .usual_ns = time_ns(rest)};
  if (kind != "bimodal") throw std::invalid_argument(fmt::format("'{}' is not known", kind));
  ServiceTimeSpec spec{.kind = Kind::bimodal};
  spec.usual_ns = time_ns(take_part(rest));
  spec.rare_ns = time_ns(take_part(rest));
  spec.rare_share = parse_share(rest);
  return spec;
}

std::string time_text(std::int64_t ns) {
  return ns % 1000 == 0 ? fmt::format("{}us", ns / 1000) : fmt::format("{}ns", ns);
}

}  // namespace

ServiceTimeSpec parse_service_times(std::string_view text) {
  if (text == "none") return {};
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) fail(text, "a time is missing");
  try {
    return parse_kind(text.substr(0, colon), text.substr(colon + 1));
  } catch (const std::invalid_argument& error) {
    fail(text, error.what());
  }
}

std::string to_string(const ServiceTimeSpec& spec) {
  switch (spec.kind) {
    case Kind::none:
      return "none";
    case Kind::constant:
      return "constant:" + time_text(spec.usual_ns);
    case Kind::exponential:
      return "exponential:" + time_text(spec.usual_ns);
    case Kind::bimodal:
      return fmt::format("bimodal:{},{},{}%", time_text(spec.usual_ns), time_text(spec.rare_ns),
                         spec.rare_share * 100);
  }
  return "?";
}

std::int64_t ServiceTimes::next_ns() {
  switch (spec_.kind) {
    case Kind::none:
      return 0;
    case Kind::constant:
      return spec_.usual_ns;
    case Kind::bimodal:
      return uniform() < spec_.rare_share ? spec_.rare_ns : spec_.usual_ns;
    case Kind::exponential:
      return std::llround(-static_cast<double>(spec_.usual_ns) * std::log1p(-uniform()));
  }
  return 0;
}

}  // namespace threadmill::load::reference
