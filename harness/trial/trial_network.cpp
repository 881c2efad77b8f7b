#include "harness/trial/trial_network.h"

#include <fmt/format.h>

#include "harness/errors.h"
#include "harness/network/network_error.h"
#include "plots/words/network_words.h"

namespace threadmill::harness {

std::unique_ptr<NamespacePair> make_network(EventLoop& loop, const Scenario& scenario) {
  const auto conditions = scenario.conditions.network_conditions();
  return conditions ? std::make_unique<NamespacePair>(loop, *conditions) : nullptr;
}

Places places_in(const NamespacePair* network, const std::string& server_address) {
  return network != nullptr ? network->places() : Places{{server_address}, {}};
}

std::string server_address(const Scenario& scenario, const std::string& elsewise) {
  return scenario.conditions.network.is_null() ? elsewise : NamespacePair::kServerAddress;
}

std::optional<std::string> why_no_network(const std::vector<Scenario>& scenarios) {
  for (const auto& scenario : scenarios) {
    if (scenario.conditions.network.is_null()) continue;
    try {
      EventLoop loop;
      make_network(loop, scenario);
    } catch (const NetworkError& error) {
      return fmt::format("{} runs {}, which cannot be had here: {}", scenario.name,
                         plots::network_in_words(scenario.conditions.network), error.what());
    }
  }
  return std::nullopt;
}

void require_networks(const std::vector<Scenario>& scenarios) {
  if (const auto why = why_no_network(scenarios)) throw InputError(*why);
}

}  // namespace threadmill::harness
