#pragma once
// How many descriptors this process may have.

#include <cstdint>

namespace threadmill::os {

/// Raises the soft limit of open files (RLIMIT_NOFILE) to the hard limit, which needs no rights. Returns the
/// soft limit that is then in force. Safe between fork and exec.
std::uint64_t raise_descriptor_limit() noexcept;

}  // namespace threadmill::os
