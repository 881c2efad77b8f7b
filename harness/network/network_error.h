#pragma once
// How a network between namespaces cannot be made.

#include <stdexcept>

namespace threadmill::harness {

/// What making a network takes, and the remedy where a user has it not.
inline constexpr const char* kNeedsRoot =
    "needs root (CAP_SYS_ADMIN and CAP_NET_ADMIN): run it with sudo, or in a container with --cap-add "
    "SYS_ADMIN "
    "--cap-add NET_ADMIN";

/// One line: what is missing or was refused, and the remedy.
class NetworkError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace threadmill::harness
