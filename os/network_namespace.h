#pragma once
// Network namespaces without a name: each lives as long as a descriptor, a process or a socket of it does,
// and its devices go with it (network_namespaces(7)).

#include <functional>

#include "os/descriptor.h"

namespace threadmill::os {

/// A new one, in which there is nothing but a loopback device that is down. Needs CAP_SYS_ADMIN. Throws
/// std::system_error.
Descriptor make_network_namespace();

/// Calls `work` on a thread of its own in the namespace, and returns when it has ended; sockets that it makes
/// belong to that namespace for good. What it throws comes out of here. -1: in the namespace of this process.
/// Throws std::system_error where the namespace cannot be entered.
void in_network_namespace(int network_namespace, const std::function<void()>& work);

/// Takes the calling thread there for good, between fork and exec where nothing may throw: says whether the
/// kernel did it, with errno set where it did not. -1 changes nothing.
bool try_enter_network_namespace(int network_namespace) noexcept;

}  // namespace threadmill::os
