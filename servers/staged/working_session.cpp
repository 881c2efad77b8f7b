#include "servers/staged/working_session.h"

#include <sys/mman.h>

#include <new>

#include "os/clock.h"
#include "os/errors.h"
#include "servers/staged/calibrated_loop.h"

namespace threadmill::servers {
namespace {

// A few microseconds: reading the clock, a system call, is then a small part of it.
constexpr std::uint64_t kRoundsBetweenLooks = 2000;

}  // namespace

SharedCounter::SharedCounter() {
  void* page = ::mmap(nullptr, sizeof *count_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) os::throw_errno("mmap of a counter that processes share");
  count_ = new (page) std::atomic<std::uint64_t>(0);
}

SharedCounter::~SharedCounter() { ::munmap(count_, sizeof *count_); }

std::uint64_t first_to_burn(std::uint64_t session, std::uint64_t every) {
  // Multiples of the golden ratio, modulo 1, are spread evenly however many there are (Knuth, TAOCP 3, 6.4).
  const std::uint64_t fraction = (session * 0x9E37'79B9'7F4A'7C15) >> 32U;
  return fraction * every >> 32U;
}

void use_cpu(std::int64_t cpu_ns) {
  const std::int64_t end_ns = os::thread_cpu_ns() + cpu_ns;
  while (os::thread_cpu_ns() < end_ns) run_loop(kRoundsBetweenLooks);
}

}  // namespace threadmill::servers
