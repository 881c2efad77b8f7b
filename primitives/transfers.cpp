// What a loop pays for a message over the loopback, in turns: some sockets become ready, epoll_wait reports
// them, each is read, each is written to. Each benchmark takes such turns and times one part of them. The
// peers are on another CPU, so a message comes from its caches, as it does in a trial; and send(2) goes
// through all of TCP, up to the peer's socket.

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>

#include "primitives/tcp_turns.h"
#include "primitives/timing.h"

namespace threadmill::primitives {
namespace {

constexpr std::size_t kMostSockets = 100;

void warm_up(TcpTurns& turns, std::size_t ready) {
  for (int i = 0; i < 20; ++i) take_turn(turns, ready);
}

/// Large messages come over few connections, else they would not be in any cache.
std::size_t sockets_for(std::size_t bytes) { return bytes > 16'384 ? 10 : kMostSockets; }

void time_part(benchmark::State& state, double TurnSeconds::*part) {
  const auto bytes = static_cast<std::size_t>(state.range());
  const std::size_t sockets = sockets_for(bytes);
  TcpTurns turns(sockets, bytes);
  warm_up(turns, sockets);
  for (auto round : state)
    state.SetIterationTime(take_turn(turns, sockets).*part / static_cast<double>(sockets));
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  rounds(benchmark, 100);
  benchmark->Arg(64)->Arg(4096)->Arg(65536);
}

void receive(benchmark::State& state) { time_part(state, &TurnSeconds::receive); }
BENCHMARK(receive)->Apply(sizes);

void send(benchmark::State& state) { time_part(state, &TurnSeconds::send); }
BENCHMARK(send)->Apply(sizes);

/// The whole call, with as many ready sockets of a hundred as the name says.
void epoll_wait(benchmark::State& state) {
  const auto ready = static_cast<std::size_t>(state.range());
  TcpTurns turns(kMostSockets, 64);
  warm_up(turns, ready);
  for (auto round : state) state.SetIterationTime(take_turn(turns, ready).wait);
}
BENCHMARK(epoll_wait)->Apply([](auto* b) {
  rounds(b, 200);
  b->Arg(1)->Arg(100);
});

/// recv(2) of a socket that has nothing.
void receive_nothing(benchmark::State& state) {
  TcpTurns turns(kMostSockets, 64);
  warm_up(turns, kMostSockets);
  char byte = 0;
  for (auto round : state) {
    state.SetIterationTime(cpu_seconds([&] {
                             for (const int socket : turns.sockets()) ::recv(socket, &byte, 1, 0);
                           }) /
                           kMostSockets);
  }
}
BENCHMARK(receive_nothing)->Apply([](auto* b) { rounds(b, 200); });

/// epoll_ctl(2) that arms a one-shot event again.
void epoll_change(benchmark::State& state) {
  TcpTurns turns(kMostSockets, 64);
  for (auto round : state) {
    state.SetIterationTime(cpu_seconds([&] {
                             for (const int socket : turns.sockets()) {
                               epoll_event event{};
                               event.events = EPOLLIN | EPOLLONESHOT;
                               ::epoll_ctl(turns.epoll(), EPOLL_CTL_MOD, socket, &event);
                             }
                           }) /
                           kMostSockets);
  }
}
BENCHMARK(epoll_change)->Apply([](auto* b) { rounds(b, 200); });

}  // namespace
}  // namespace threadmill::primitives
