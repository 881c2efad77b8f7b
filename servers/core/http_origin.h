#pragma once
// Who may talk to a gateway that listens on this machine: a web page of somebody else must not, although the
// browser that shows it can reach the port.

#include <string>
#include <string_view>

namespace threadmill::servers {

/// Whether a Host names this machine in a way that a foreign page cannot have made up by pointing a name of
/// its own at our address (DNS rebinding): an IP address, localhost, or `allowed_name`, each with a port or
/// without. An empty Host (HTTP/1.0) is no browser's.
bool is_own_host(std::string_view host, std::string_view allowed_name);

/// Whether a request with that Origin (empty: none) may be served: it comes from our own page, or from the
/// origin that --web-cors allows ("*": any).
bool is_welcome_origin(std::string_view origin, std::string_view host, std::string_view cors_origin);

/// The header lines that let a page of that origin read the answer; none where CORS is not asked for.
std::string cors_fields(std::string_view origin, std::string_view cors_origin);

/// Whether a browser's Origin can be this: SCHEME://HOST or SCHEME://HOST:PORT, without a path.
bool is_origin(std::string_view text);

/// Whether a Host can have this name: without a scheme, a port or a path.
bool is_host_name(std::string_view text);

}  // namespace threadmill::servers
