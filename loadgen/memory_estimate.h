#pragma once
// How much memory a plan is going to need.

#include <cstdint>

#include "loadgen/plan.h"

namespace threadmill::load {

/// Bytes, for a message that says where they go. Estimates: what holds while the server keeps up.
struct MemoryEstimate {
  std::uint64_t sockets = 0;      ///< the kernel's, idle; both ends where the server is on this machine
  std::uint64_t buffers = 0;      ///< what is in flight, in the kernel
  std::uint64_t connections = 0;  ///< our own state of each connection
  std::uint64_t in_flight = 0;    ///< our own rings of what is in flight
  std::uint64_t threads = 0;      ///< histograms, buffers and stacks of each thread, and the program itself

  std::uint64_t total() const { return sockets + buffers + connections + in_flight + threads; }
};

MemoryEstimate estimate_memory(const Plan& plan);

}  // namespace threadmill::load
