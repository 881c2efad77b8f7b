#pragma once
// Why processes that mpirun started gave no report, as it and they tell it.

#include <string>
#include <string_view>

namespace threadmill::harness {

/// Of the end of a standard error, what says why: what threadmill-load-mpi itself says, or whom a signal
/// killed, or what mpirun explains last. Its last line, which is Open MPI's rule of dashes, says nothing. Of
/// what does not come from mpirun, the last line. Shortened; "" if there is none.
std::string job_words(std::string_view text);

}  // namespace threadmill::harness
