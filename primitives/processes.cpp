// A process and a thread from beginning to end: what `fork` and `thread` pay for a client that comes and
// goes.

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/errors.h"
#include "primitives/timing.h"

namespace threadmill::primitives {
namespace {

constexpr int kStarts = 20;

void fork_exit_wait(benchmark::State& state) {
  for (auto round : state) {
    state.SetIterationTime(wall_seconds([] {
                             for (int i = 0; i < kStarts; ++i) {
                               const pid_t child = ::fork();
                               if (child == 0) ::_exit(0);
                               if (child < 0) os::throw_errno("fork");
                               ::waitpid(child, nullptr, 0);
                             }
                           }) /
                           kStarts);
  }
}
BENCHMARK(fork_exit_wait)->Apply([](auto* b) { rounds(b, 10); });

void thread_create_join(benchmark::State& state) {
  const auto nothing = [](void*) -> void* { return nullptr; };
  for (auto round : state) {
    state.SetIterationTime(wall_seconds([&] {
                             for (int i = 0; i < kStarts; ++i) {
                               pthread_t thread{};
                               if (::pthread_create(&thread, nullptr, nothing, nullptr) != 0)
                                 os::throw_errno("pthread_create");
                               ::pthread_join(thread, nullptr);
                             }
                           }) /
                           kStarts);
  }
}
BENCHMARK(thread_create_join)->Apply([](auto* b) { rounds(b, 50); });

}  // namespace
}  // namespace threadmill::primitives
