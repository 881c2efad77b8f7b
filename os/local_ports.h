#pragma once
// How many ports outgoing connections may leave from.

#include <cstdint>
#include <string_view>

namespace threadmill::os {

/// Ports in `range` ("32768\t60999") that `reserved` ("8080,9148-9200", may be empty) does not take away: the
/// formats of ip_local_port_range and ip_local_reserved_ports, ip-sysctl.rst of the kernel's documentation. A
/// range that cannot be read counts as the kernel's default, a reserved entry that cannot be read as none.
std::uint32_t count_local_ports(std::string_view range, std::string_view reserved);

/// The same for this machine (in this network namespace). It is the number for one source address towards one
/// target: the kernel gives the same port again to connections that differ in either.
std::uint32_t read_local_ports();

}  // namespace threadmill::os
