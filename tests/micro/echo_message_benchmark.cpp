#include <benchmark/benchmark.h>

#include <string>

#include "loadgen/echo_message.h"

namespace {

using threadmill::load::EchoMessages;

/// What the echo driver does for each answer that comes in one piece: compare all of it with what was sent.
void check(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  const EchoMessages messages(bytes, 100, 1);
  std::string answer(bytes, '\0');
  messages.write(answer.data(), 7, 1234, 0, bytes);
  for (auto _ : state) {
    benchmark::DoNotOptimize(answer.data());
    benchmark::DoNotOptimize(messages.equals(answer.data(), 7, 1234));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(check)->Name("echo answer check")->Arg(64)->Arg(1024)->Arg(16384);

void write(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  const EchoMessages messages(bytes, 100, 1);
  std::string request(bytes, '\0');
  std::uint64_t sequence = 0;
  for (auto _ : state) {
    messages.write(request.data(), 7, ++sequence, 0, bytes);
    benchmark::DoNotOptimize(request.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(write)->Name("echo request write")->Arg(64)->Arg(1024);

}  // namespace
