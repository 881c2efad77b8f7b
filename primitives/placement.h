#pragma once
// Where the primitives run: as servers and load generators do.

#include "os/cpu_set.h"

namespace threadmill::primitives {

struct Placement {
  os::CpuSet server;  ///< one CPU: what is timed runs there
  os::CpuSet peer;    ///< one CPU: who sends to it, and reads from it, runs there
};

/// Set once, by main, before anything is measured.
Placement& placement();

}  // namespace threadmill::primitives
