#pragma once
// The network of a scenario's trials, where it asks for one.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/catalogue/scenario.h"
#include "harness/network/namespace_pair.h"

namespace threadmill::harness {

/// Made for one trial; null where the scenario is on the loopback. Throws NetworkError.
std::unique_ptr<NamespacePair> make_network(EventLoop& loop, const Scenario& scenario);

/// Where the trial's processes run: in `network`, or, where it is null, on this machine, of which servers
/// listen at `server_address`.
Places places_in(const NamespacePair* network, const std::string& server_address);

/// The address that the scenario's servers are given: `elsewise` where it has no network of its own.
std::string server_address(const Scenario& scenario, const std::string& elsewise);

/// Which of the networks cannot be made here, what is missing and the remedy; nothing when all can. Makes
/// each once, which takes a tenth of a second and their round trip.
std::optional<std::string> why_no_network(const std::vector<Scenario>& scenarios);

/// Before anything is measured. Throws InputError saying why_no_network().
void require_networks(const std::vector<Scenario>& scenarios);

}  // namespace threadmill::harness
