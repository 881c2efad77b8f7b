#pragma once
// How a failed system call becomes an exception with a message that a user can act on.

#include <string>
#include <system_error>

namespace threadmill::os {

/// Throws std::system_error for the current `errno`. `what` names the call and its object, such as
/// "bind 127.0.0.1:6379".
[[noreturn]] void throw_errno(const std::string& what);

}  // namespace threadmill::os
