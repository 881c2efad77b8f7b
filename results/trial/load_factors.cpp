#include "results/trial/load_factors.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "loadgen/plan.h"
#include "loadgen/rate.h"
#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

constexpr std::array<FactorTraits, factor_count> factor_traits{{
    {Factor::connections, "connections", "/connections", "connections"},
    {Factor::subscribers, "subscribers", "/subscribers", "subscribers"},
    {Factor::message_bytes, "message_bytes", "/message_bytes", "bytes"},
    {Factor::rate_per_s, "rate_per_s", "/arrivals/rate_per_s", "requests/s"},
    {Factor::pipeline, "pipeline", "/pipeline", "in flight"},
}};

/// A rate as a plan has it: 20000, or "20k"; nothing for one that grows.
std::optional<double> steady_rate_of(const std::string& text) {
  try {
    const auto rate = load::Rate::parse(text);
    return rate.ramped() ? std::nullopt : std::optional(rate.from_per_s());
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

}  // namespace

std::span<const FactorTraits> factors() { return factor_traits; }

json load_with_defaults(const json& load) {
  try {
    return load::to_json(load::parse_load_template(load));
  } catch (const std::exception&) {
    return load;
  }
}

std::optional<double> factor_of(const json& load, Factor factor) {
  const char* pointer = factor_traits[static_cast<std::size_t>(factor)].pointer;
  const std::string text = text_at(load, pointer);
  if (!text.empty()) return steady_rate_of(text);
  return number_at(load, pointer);
}

}  // namespace threadmill::results
