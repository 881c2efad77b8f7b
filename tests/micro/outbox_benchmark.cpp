#include <benchmark/benchmark.h>

#include <array>

#include "servers/core/outbox.h"

namespace {

using namespace threadmill::servers;

void write_all(Outbox& outbox) {
  std::array<iovec, 64> slots;
  while (!outbox.empty()) {
    const std::size_t used = outbox.gather(slots);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < used; ++i) bytes += slots[i].iov_len;
    outbox.consume(bytes);
  }
}

void reply(benchmark::State& state) {
  Outbox outbox(1 << 20);
  const std::string bytes(64, 'x');
  for (auto _ : state) {
    outbox.append(bytes);
    write_all(outbox);
  }
}
BENCHMARK(reply)->Name("outbox: one reply of 64 bytes, written");

void publications(benchmark::State& state) {
  Outbox outbox(1 << 20);
  const auto shared = share({std::string(100, 'x')});
  for (auto _ : state) {
    for (int i = 0; i < state.range(0); ++i) outbox.push(shared);
    write_all(outbox);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(publications)->Name("outbox: shared publications, written together")->Arg(1)->Arg(64);

}  // namespace
