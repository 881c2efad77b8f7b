#pragma once
// What subjects can offer, and what can be asked of each.

#include <string_view>
#include <vector>

namespace threadmill::harness {

/// echo: RFC 862. chat: RESP2 with publish/subscribe. web: HTTP/1.1.
const std::vector<std::string_view>& service_names();

/// The drivers of the load generator that speak to the service, which must be one of the names.
std::vector<std::string_view> drivers_of(std::string_view service);

}  // namespace threadmill::harness
