#include <benchmark/benchmark.h>

#include "loadgen/arrivals.h"

namespace {

using threadmill::load::ArrivalProcess;
using threadmill::load::Arrivals;
using threadmill::load::Rate;

void pop(benchmark::State& state, ArrivalProcess process, const char* rate) {
  Arrivals arrivals(process, Rate::parse(rate), 1, 0, 1);
  arrivals.start(0);
  for (auto _ : state) {
    benchmark::DoNotOptimize(arrivals.due_ns());
    arrivals.pop();
  }
}
BENCHMARK_CAPTURE(pop, constant, ArrivalProcess::constant, "100k")->Name("arrival pop constant");
BENCHMARK_CAPTURE(pop, poisson, ArrivalProcess::poisson, "100k")->Name("arrival pop poisson");
// So long that the rate still grows when the benchmark ends.
BENCHMARK_CAPTURE(pop, ramp, ArrivalProcess::constant, "10k:50k/86400s")->Name("arrival pop ramp");

}  // namespace
