#include "plots/words/network_words.h"

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "results/file/json_access.h"

namespace threadmill::plots {

std::string network_in_words(const nlohmann::json& network) {
  const auto figure = [&](const char* pointer) { return results::number_at(network, pointer).value_or(0); };
  std::vector<std::string> parts;
  if (const double delay_ms = figure("/delay_ms"); delay_ms > 0) {
    const double jitter_ms = figure("/jitter_ms");
    parts.push_back(fmt::format("{:g} ms{} of delay", delay_ms,
                                jitter_ms > 0 ? fmt::format(" (give or take {:g} ms)", jitter_ms) : ""));
  }
  if (const double loss = figure("/loss_percent"); loss > 0)
    parts.push_back(fmt::format("{:g} % loss", loss));
  if (const double rate = figure("/rate_mbit"); rate > 0) parts.push_back(fmt::format("{:g} Mbit/s", rate));
  if (parts.empty()) return "across a network without delay";
  return fmt::format("across a network with {} in each direction", fmt::join(parts, ", "));
}

}  // namespace threadmill::plots
