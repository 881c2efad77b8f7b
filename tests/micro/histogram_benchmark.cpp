#include <benchmark/benchmark.h>

#include "loadgen/histogram.h"

namespace {

void record(benchmark::State& state) {
  threadmill::load::Histogram histogram;
  std::int64_t value = 20'000;
  for (auto _ : state) {
    histogram.record(value);
    value = (value * 5 + 12'345) & 0xfffff;
  }
  benchmark::DoNotOptimize(histogram.max());
}
BENCHMARK(record)->Name("histogram record");

}  // namespace
