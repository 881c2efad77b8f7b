#pragma once
// What the kernel alone copies from one process to another on this machine.

#include <nlohmann/json.hpp>

#include "harness/machine/cpu_plan.h"

namespace threadmill::harness {

/// One thread writes pieces of 64 KiB to a TCP connection on 127.0.0.1, on a CPU of the server; another reads
/// them, on one of the generator. {"piece_bytes", "bytes_per_s"}, over `seconds` after a moment to get going.
/// No server that sends from one CPU can deliver more by much: one that sends less at a time, or to many, has
/// more to do for a byte. Throws std::system_error.
nlohmann::json loopback_copy(const CpuPlan& cpus, double seconds);

}  // namespace threadmill::harness
