// A context switch: a token goes round a ring of processes, or of threads, on one CPU. Each sleeps in read(2)
// of a pipe until the one before it writes. What is told is one step without its read and write: to go to
// sleep, to be woken, and the switch. The more take part, the less of each is still in the caches.

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include "os/descriptor.h"
#include "os/errors.h"
#include "primitives/timing.h"

namespace threadmill::primitives {
namespace {

constexpr char kToken = 't';
constexpr char kEnd = 'e';

class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) os::throw_errno("pipe");
    in_.reset(ends[1]);
    out_.reset(ends[0]);
  }
  void put(char token) const {
    if (::write(in_.get(), &token, 1) != 1) os::throw_errno("write to a pipe");
  }
  char take() const {
    char token = kEnd;
    if (::read(out_.get(), &token, 1) != 1) os::throw_errno("read from a pipe");
    return token;
  }

 private:
  os::Descriptor in_, out_;
};

/// Passes on what comes from `from` until the end has been passed on.
void pass_on(const Pipe& from, const Pipe& to) {
  char token = kToken;
  while (token != kEnd) to.put(token = from.take());
}

/// A read and a write of a pipe where nobody sleeps.
double pipe_seconds(const Pipe& pipe) {
  constexpr int times = 2000;
  return wall_seconds([&] {
           for (int i = 0; i < times; ++i) {
             pipe.put(kToken);
             pipe.take();
           }
         }) /
         times;
}

/// The caller is one of the ring.
void send_round(benchmark::State& state, const std::vector<Pipe>& pipes) {
  const auto size = static_cast<double>(pipes.size());
  const auto lap = [&] {
    pipes[1].put(kToken);
    pipes[0].take();
  };
  lap();
  const double pipe = pipe_seconds(pipes[0]);
  for (auto round : state) state.SetIterationTime(std::max(0.0, wall_seconds(lap) / size - pipe));
  pipes[1].put(kEnd);
  pipes[0].take();
}

void thread_switch(benchmark::State& state) {
  const std::vector<Pipe> pipes(static_cast<std::size_t>(state.range()));
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < pipes.size(); ++i)
    threads.emplace_back([&, i] { pass_on(pipes[i], pipes[(i + 1) % pipes.size()]); });
  send_round(state, pipes);
}

void process_switch(benchmark::State& state) {
  const std::vector<Pipe> pipes(static_cast<std::size_t>(state.range()));
  std::vector<pid_t> children;
  for (std::size_t i = 1; i < pipes.size(); ++i) {
    const pid_t child = ::fork();
    if (child < 0) os::throw_errno("fork");
    if (child == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      pass_on(pipes[i], pipes[(i + 1) % pipes.size()]);
      ::_exit(0);
    }
    children.push_back(child);
  }
  send_round(state, pipes);
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
}

void ring(benchmark::internal::Benchmark* benchmark) {
  rounds(benchmark, 20);
  benchmark->Arg(2)->Arg(100);
}
BENCHMARK(thread_switch)->Apply(ring);
BENCHMARK(process_switch)->Apply(ring);

}  // namespace
}  // namespace threadmill::primitives
