#include "servers/cluster/log_in_loop.h"

#include <random>

#include "servers/net/loop_ticks.h"

namespace threadmill::servers {
namespace {

std::uint64_t random_writer() {
  std::random_device source;
  return std::uint64_t{source()} << 32U | source();
}

}  // namespace

LogInLoop::LogInLoop(ReplicatedLog& log, Fanout& topics, EventHistory* history)
    : log_(log),
      topics_(log, random_writer(), topics, history, [this](Member& member) { loop_->resume(member); }) {
  topics.lead_to(topics_);
}

void LogInLoop::start(EventLoop& loop) {
  loop_ = &loop;
  loop.watch(log_.fd(), [this] {
    topics_.take_news();
    loop_->expect_flush();
  });
  timer_ = watch_period(loop, ClusteredTopics::kTickPeriod, [this] { topics_.tick(); });
}

}  // namespace threadmill::servers
