#pragma once
// For tests that let mpirun start processes on this machine.

#include <cstdlib>
#include <string>

namespace threadmill {

/// In the environment of what is started from now on: Open MPI asks to be told so before it runs as root, and
/// what its libraries never give back is no leak of ours.
inline void allow_mpi_job() {
  ::setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
  ::setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
  const char* before = std::getenv("ASAN_OPTIONS");
  ::setenv("ASAN_OPTIONS", (std::string(before == nullptr ? "" : before) + ":detect_leaks=0").c_str(), 1);
}

}  // namespace threadmill
