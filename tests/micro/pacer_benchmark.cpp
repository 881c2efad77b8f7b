#include <benchmark/benchmark.h>

#include <limits>

#include "loadgen/pacer.h"

namespace {

using threadmill::load::ArrivalProcess;
using threadmill::load::Pacer;
using threadmill::load::Rate;

/// One arrival, as a driver takes it: asks when it is due, looks whether it is, takes it.
void arrival(benchmark::State& state) {
  Pacer pacer({.process = ArrivalProcess::poisson, .rate = Rate(100'000)}, 1, 0, 1);
  pacer.begin({});
  for (auto _ : state) {
    benchmark::DoNotOptimize(pacer.arrival(pacer.next_due_ns(true)));
    pacer.pop_arrival();
  }
}
BENCHMARK(arrival)->Name("pacer arrival");

/// One thinker of so many sends, and thinks again.
void thought(benchmark::State& state) {
  threadmill::load::ArrivalLoad load;
  load.think_ns = 1'000'000;
  load.think = threadmill::load::ThinkTime::Distribution::exponential;
  Pacer pacer(load, 1, 0, 1);
  pacer.begin({});
  for (std::int64_t i = 0; i < state.range(0); ++i) pacer.think(static_cast<std::size_t>(i), 0, 0);
  for (auto _ : state) {
    const auto due = pacer.pop_thought(std::numeric_limits<std::int64_t>::max() - 1);
    pacer.think(due->who, due->life, due->due_ns);
  }
}
BENCHMARK(thought)->Name("pacer thought")->Arg(100)->Arg(10'000);

}  // namespace
