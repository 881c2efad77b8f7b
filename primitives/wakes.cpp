// What it costs that a message finds nobody awake: threads, or processes, each asleep in recv(2) of its own
// connection, all on one CPU, are woken by messages from another CPU, and answer. What is told is CPU time
// for each message, less the read and the answer as they cost where nobody has to be woken: to go to sleep,
// to be woken, the switch, and what has gone cold since that one last ran.

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "os/errors.h"
#include "primitives/tcp_turns.h"
#include "primitives/timing.h"

namespace threadmill::primitives {
namespace {

constexpr std::size_t kMessageBytes = 64;

void answer_until_the_end(int socket) {
  char buffer[kMessageBytes];
  for (ssize_t got = 0; (got = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
    ::send(socket, buffer, static_cast<std::size_t>(got), MSG_NOSIGNAL);
}

/// CPU time that all of them have used.
std::int64_t cpu_ns_of(const std::vector<clockid_t>& clocks) {
  std::int64_t sum_ns = 0;
  for (const clockid_t clock : clocks) sum_ns += os::read_clock_ns(clock);
  return sum_ns;
}

/// A read and an answer where nobody sleeps.
double awake_seconds(TcpTurns& turns) {
  constexpr int times = 50;
  const std::size_t sockets = std::min<std::size_t>(turns.sockets().size(), 100);
  double sum = 0;
  for (int i = -times; i < times; ++i) {
    const auto turn = take_turn(turns, sockets);
    if (i >= 0) sum += turn.receive + turn.send;
  }
  return sum / static_cast<double>(times * sockets);
}

void let_block(TcpTurns& turns) {
  for (const int socket : turns.sockets()) ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) & ~O_NONBLOCK);
}

void converse(benchmark::State& state, TcpTurns& turns, double awake, const std::vector<clockid_t>& clocks) {
  const std::size_t all = turns.sockets().size();
  const std::size_t messages_each = std::max<std::size_t>(20, 4000 / all);
  turns.let_peers_converse(all, messages_each);
  for (auto round : state) {
    const std::int64_t before_ns = cpu_ns_of(clocks);
    turns.let_peers_converse(all, messages_each);
    const auto took_ns = static_cast<double>(cpu_ns_of(clocks) - before_ns);
    const double each = 1e-9 * took_ns / static_cast<double>(all * messages_each);
    state.SetIterationTime(std::max(0.0, each - awake));
  }
  for (const int socket : turns.sockets()) ::shutdown(socket, SHUT_RDWR);
}

void thread_wake(benchmark::State& state) {
  TcpTurns turns(static_cast<std::size_t>(state.range()), kMessageBytes);
  const double awake = awake_seconds(turns);
  let_block(turns);
  std::vector<std::jthread> threads;
  std::vector<clockid_t> clocks;
  for (const int socket : turns.sockets()) {
    auto& thread = threads.emplace_back([socket] { answer_until_the_end(socket); });
    if (::pthread_getcpuclockid(thread.native_handle(), &clocks.emplace_back()) != 0)
      os::throw_errno("pthread_getcpuclockid");
  }
  converse(state, turns, awake, clocks);
}

void process_wake(benchmark::State& state) {
  TcpTurns turns(static_cast<std::size_t>(state.range()), kMessageBytes);
  const double awake = awake_seconds(turns);
  let_block(turns);
  std::vector<pid_t> children;
  std::vector<clockid_t> clocks;
  for (const int socket : turns.sockets()) {
    const pid_t child = ::fork();
    if (child < 0) os::throw_errno("fork");
    if (child == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      answer_until_the_end(socket);
      ::_exit(0);
    }
    children.push_back(child);
    if (::clock_getcpuclockid(child, &clocks.emplace_back()) != 0) os::throw_errno("clock_getcpuclockid");
  }
  converse(state, turns, awake, clocks);
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
}

void numbers_of_sleepers(benchmark::internal::Benchmark* benchmark) {
  rounds(benchmark, 5);
  benchmark->Arg(10)->Arg(100)->Arg(1000);
}
BENCHMARK(thread_wake)->Apply(numbers_of_sleepers);
BENCHMARK(process_wake)->Apply(numbers_of_sleepers);

}  // namespace
}  // namespace threadmill::primitives
