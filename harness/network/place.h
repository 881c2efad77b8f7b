#pragma once
// Where a process of a trial runs.

#include <string>

namespace threadmill::harness {

/// This machine's own loopback, or one of two namespaces with a network between them. The address says where
/// what listens there is reached; another host would be a place, too.
struct Place {
  std::string address = "127.0.0.1";
  int network_namespace = -1;  ///< a descriptor that its owner keeps open; -1: that of this process
};

/// Where the server of a trial runs, and where its load generator does.
struct Places {
  Place server;
  Place generator;
};

}  // namespace threadmill::harness
