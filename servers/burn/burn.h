#pragma once
// A server that is slower than it should be, on purpose: something for `threadmill gate` to find. Only builds
// with the CMake option THREADMILL_BURN have it; in all others these functions do nothing.

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "servers/core/service.h"

namespace CLI {
class App;
}

namespace threadmill::servers {

/// CPU time to burn before each batch of bytes that a session handles; 0: none.
struct Burn {
  std::int64_t ns_per_batch = 0;
};

/// Adds --burn-ns. `burn` outlives the parsing.
void add_burn_option(CLI::App& app, Burn& burn);

/// The service, whose sessions burn. Takes a few milliseconds to calibrate where there is something to burn.
std::unique_ptr<Service> with_burn(std::unique_ptr<Service> service, const Burn& burn);

/// Adds "burn_ns" to the ready line, so that no result can hide it. A ceiling runs no sessions: it has 0.
void tell_burn(nlohmann::ordered_json& ready, const Burn& burn, bool ceiling);

}  // namespace threadmill::servers
