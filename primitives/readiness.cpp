// poll(2) and select(2) by the number of connections that they look at, one in ten of which has something to
// read.

#include <poll.h>
#include <sys/select.h>

#include <algorithm>
#include <vector>

#include "primitives/tcp_turns.h"
#include "primitives/timing.h"

namespace threadmill::primitives {
namespace {

constexpr int kLooks = 20;
constexpr std::size_t kOneIn = 10;

/// What is ready stays ready: nobody reads it. In between, every tenth.
std::vector<int> mixed_sockets(TcpTurns& turns) {
  const auto all = turns.sockets();
  const std::size_t ready = all.size() / kOneIn;
  turns.let_peers_send(ready);
  std::vector<int> mixed(all.begin(), all.end());
  for (std::size_t i = 0; i < ready; ++i) std::swap(mixed[i], mixed[i * kOneIn + kOneIn / 2]);
  return mixed;
}

void poll(benchmark::State& state) {
  TcpTurns turns(static_cast<std::size_t>(state.range()), 64);
  std::vector<pollfd> watched;
  for (const int socket : mixed_sockets(turns)) watched.push_back({socket, POLLIN, 0});
  for (auto round : state) {
    state.SetIterationTime(cpu_seconds([&] {
                             for (int i = 0; i < kLooks; ++i) ::poll(watched.data(), watched.size(), -1);
                           }) /
                           kLooks);
  }
}

void select(benchmark::State& state) {
  TcpTurns turns(static_cast<std::size_t>(state.range()), 64);
  fd_set watched;
  FD_ZERO(&watched);
  int highest = 0;
  for (const int socket : turns.sockets()) {
    if (socket >= FD_SETSIZE) return state.SkipWithError("a descriptor is too high for select(2)");
    FD_SET(socket, &watched);
    highest = std::max(highest, socket);
  }
  mixed_sockets(turns);
  for (auto round : state) {
    state.SetIterationTime(cpu_seconds([&] {
                             for (int i = 0; i < kLooks; ++i) {
                               fd_set ready = watched;
                               ::select(highest + 1, &ready, nullptr, nullptr, nullptr);
                             }
                           }) /
                           kLooks);
  }
}

void numbers(benchmark::internal::Benchmark* benchmark) {
  rounds(benchmark, 50);
  benchmark->Arg(10)->Arg(100)->Arg(1000);
}
BENCHMARK(poll)->Apply(numbers);
BENCHMARK(select)->Apply(numbers);

}  // namespace
}  // namespace threadmill::primitives
