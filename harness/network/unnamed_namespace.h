#pragma once
// Network namespaces without a name, as the programs of iproute2 and other processes find them.

#include <string>

#include "os/descriptor.h"

namespace threadmill::harness {

/// os::make_network_namespace(), but what it throws is a NetworkError with the remedy.
os::Descriptor make_unnamed_namespace();

/// A path by which ip(8) finds it while this process holds it.
std::string path_of_namespace(const os::Descriptor& network_namespace);

/// The namespace that a path leads to; no descriptor for "". Throws NetworkError.
os::Descriptor open_namespace(const std::string& path);

}  // namespace threadmill::harness
