#include <benchmark/benchmark.h>

#include <string>

#include "loadgen/payload.h"

namespace {

void check_stamped_payload(benchmark::State& state) {
  std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  threadmill::load::stamp_payload(payload, {.publisher = 1, .sequence = 2});
  for (auto _ : state) benchmark::DoNotOptimize(threadmill::load::check_payload(payload));
}
BENCHMARK(check_stamped_payload)->Name("payload check")->Arg(64)->Arg(1024);

}  // namespace
