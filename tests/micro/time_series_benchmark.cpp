#include <benchmark/benchmark.h>

#include "loadgen/time_series.h"

namespace {

using threadmill::load::TimeSeries;

/// Latencies as a busy server has them: 20 us to 1 ms.
class Latencies {
 public:
  std::int64_t next() {
    value_ = (value_ * 5 + 12'345) & 0xfffff;
    return 20'000 + value_;
  }

 private:
  std::int64_t value_ = 0;
};

void record_in_series(benchmark::State& state) {
  TimeSeries series(0);
  Latencies latencies;
  std::int64_t now = 0;
  for (auto _ : state) series.record(now += 2'500, latencies.next());
  benchmark::DoNotOptimize(series.intervals().data());
}
BENCHMARK(record_in_series)->Name("time series record: 400 000 a second, packing included");

/// What the first completion of a new second waits for.
void pack_second(benchmark::State& state) {
  Latencies latencies;
  TimeSeries series(0);
  std::int64_t second = 0;
  for (auto _ : state) {
    state.PauseTiming();
    for (int i = 0; i < 100'000; ++i) series.record(second, latencies.next());
    state.ResumeTiming();
    series.record(second += TimeSeries::kIntervalNs, 20'000);
  }
}
BENCHMARK(pack_second)->Name("time series: the step into the next second")->Iterations(20);

}  // namespace
