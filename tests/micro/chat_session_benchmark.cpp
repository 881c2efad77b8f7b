#include <benchmark/benchmark.h>

#include "protocol/resp_command.h"
#include "protocol/resp_encode.h"
#include "servers/core/batch_fanout.h"
#include "servers/core/chat_session.h"
#include "servers/core/local_fanout.h"

namespace {

using namespace threadmill;

std::string publishes(int count) {
  std::string requests;
  for (int i = 0; i < count; ++i) resp::append_command(requests, {"PUBLISH", "topic", std::string(64, 'p')});
  return requests;
}

void parse(benchmark::State& state) {
  const std::string request = publishes(1);
  std::vector<std::string_view> words;
  std::vector<std::string> unquoted;
  for (auto _ : state) benchmark::DoNotOptimize(resp::parse_command(request, {}, words, unquoted));
}
BENCHMARK(parse)->Name("RESP command parse: PUBLISH of 64 bytes");

class Discarding : public servers::Member {
 public:
  void deliver(const servers::SharedPublication& publication) override {
    benchmark::DoNotOptimize(publication.get());
  }
};

void publish(benchmark::State& state) {
  servers::LocalFanout topics;
  servers::BatchFanout queues(topics, 256 << 10);
  Discarding subscriber;
  topics.join("topic", subscriber);
  Discarding self;
  servers::ChatSession session(queues, self, {});
  servers::Outbox outbox(1 << 20);
  const std::string requests = publishes(64);
  for (auto _ : state) {
    session.on_bytes(requests, outbox);
    queues.flush();
    outbox.consume(outbox.size_bytes());
  }
  state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(publish)->Name("chat session: 64 PUBLISH at once into a batch");

}  // namespace
