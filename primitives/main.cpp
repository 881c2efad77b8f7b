// threadmill-primitives: what the pieces of work cost that servers are made of, each by itself. Google
// Benchmark's options and output; --server-cpu N and --peer-cpu M say where they run. `threadmill primitives`
// runs it, says what came out, and keeps it.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "os/descriptor_limit.h"
#include "primitives/placement.h"

namespace {

/// Takes "--server-cpu=N" and "--peer-cpu=N" out of the command line; what is left is Google Benchmark's.
int take_own_options(int argc, char** argv) {
  using threadmill::primitives::placement;
  int left = 0;
  for (int i = 0; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto number = [&](std::string_view option) { return std::atoi(argv[i] + option.size()); };
    constexpr std::string_view server = "--server-cpu=", peer = "--peer-cpu=";
    if (word.starts_with(server)) {
      placement().server = {number(server)};
    } else if (word.starts_with(peer)) {
      placement().peer = {number(peer)};
    } else {
      argv[left++] = argv[i];
    }
  }
  return left;
}

}  // namespace

int main(int argc, char** argv) {
  int left = take_own_options(argc, argv);
  benchmark::Initialize(&left, argv);
  if (benchmark::ReportUnrecognizedArguments(left, argv)) return 2;
  try {
    threadmill::os::raise_descriptor_limit();
    threadmill::os::pin_this_thread(threadmill::primitives::placement().server);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
  } catch (const std::exception& error) {
    fmt::print(stderr, "threadmill-primitives: {}\n", error.what());
    return 1;
  }
  return 0;
}
