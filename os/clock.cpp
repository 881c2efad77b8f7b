#include "os/clock.h"

#include <fstream>

namespace threadmill::os {

std::optional<std::int64_t> thread_run_delay_ns() {
  std::ifstream file("/proc/thread-self/schedstat");
  std::int64_t on_cpu_ns = 0;
  std::int64_t waiting_ns = 0;
  if (!(file >> on_cpu_ns >> waiting_ns)) return std::nullopt;
  return waiting_ns;
}

}  // namespace threadmill::os
