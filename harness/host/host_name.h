#pragma once
// What can be the name of another host.

#include <string_view>

namespace threadmill::harness {

/// Whether it can be a host's name or address: letters, digits, '.', '_' and '-', which it does not begin
/// with (it would be an option of the agent's).
bool is_host_name(std::string_view text);

}  // namespace threadmill::harness
