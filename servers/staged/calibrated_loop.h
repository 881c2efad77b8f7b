#pragma once
// Work that does nothing but take CPU time.

#include <cstdint>

namespace threadmill::servers {

/// Runs so many rounds of a loop that no compiler can shorten. From any thread.
void run_loop(std::uint64_t rounds);

/// How many rounds take `cpu_ns` of the calling thread's CPU time, found by trying: the fastest of several
/// attempts counts, so that an interruption does not make the loop too short.
std::uint64_t rounds_for(std::int64_t cpu_ns);

}  // namespace threadmill::servers
