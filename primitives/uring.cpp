// Operations of io_uring that do nothing, submitted and reaped: alone, and sixty-four at a time.

#include <liburing.h>

#include <string>

#include "primitives/timing.h"

namespace threadmill::primitives {
namespace {

/// One io_uring_enter(2) and all of its operations.
void uring_nop(benchmark::State& state) {
  const auto batch = static_cast<unsigned>(state.range());
  constexpr int each = 20;
  io_uring ring{};
  if (const int error = ::io_uring_queue_init(256, &ring, 0); error != 0)
    return state.SkipWithError("this kernel gives no io_uring");
  const auto submit = [&] {
    for (unsigned i = 0; i < batch; ++i) ::io_uring_prep_nop(::io_uring_get_sqe(&ring));
    ::io_uring_submit_and_wait(&ring, batch);
    ::io_uring_cq_advance(&ring, batch);
  };
  for (auto round : state) {
    state.SetIterationTime(cpu_seconds([&] {
                             for (int i = 0; i < each; ++i) submit();
                           }) /
                           each);
  }
  ::io_uring_queue_exit(&ring);
}
BENCHMARK(uring_nop)->Apply([](auto* b) {
  rounds(b, 100);
  b->Arg(1)->Arg(64);
});

}  // namespace
}  // namespace threadmill::primitives
