// What every build but those with THREADMILL_BURN has: no option, no burning, nothing to tell.

#include <nlohmann/json.hpp>

#include "servers/burn/burn.h"

namespace threadmill::servers {

void add_burn_option(CLI::App&, Burn&) {}

std::unique_ptr<Service> with_burn(std::unique_ptr<Service> service, const Burn&) { return service; }

void tell_burn(nlohmann::ordered_json&, const Burn&, bool) {}

}  // namespace threadmill::servers
