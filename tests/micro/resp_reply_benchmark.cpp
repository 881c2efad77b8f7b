#include <benchmark/benchmark.h>

#include <string>

#include "protocol/resp_encode.h"
#include "protocol/resp_reply.h"

namespace {

void parse(benchmark::State& state, const std::string& bytes) {
  threadmill::resp::Reply reply;
  for (auto _ : state) benchmark::DoNotOptimize(threadmill::resp::parse_reply(bytes, reply));
}

void parse_integer(benchmark::State& state) { parse(state, ":100\r\n"); }
BENCHMARK(parse_integer)->Name("reply parse, integer");

void parse_push(benchmark::State& state) {
  std::string push;
  threadmill::resp::append_message_push(push, "topic-0", std::string(64, 'x'));
  parse(state, push);
}
BENCHMARK(parse_push)->Name("reply parse, push of 64 bytes");

}  // namespace
