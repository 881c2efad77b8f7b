#include "loadgen/followed_run.h"

#include <algorithm>

#include "loadgen/seating.h"

namespace threadmill::load {
namespace {

std::vector<std::uint32_t> topics_of_publishers(const Plan& plan) {
  const Seating seating(plan.pubsub);
  std::vector<std::uint32_t> topics;
  for (std::uint32_t i = 0; i < plan.pubsub.publishers; ++i) topics.push_back(seating.topic_of_publisher(i));
  return topics;
}

std::vector<std::uint32_t> topics_of_subscribers(const Plan& plan) {
  const Seating seating(plan.pubsub);
  std::vector<std::uint32_t> topics;
  for (std::uint32_t i = 0; i < plan.pubsub.subscribers; ++i)
    topics.push_back(seating.topic_of_subscriber(i));
  return topics;
}

}  // namespace

FollowedRun::FollowedRun(const Plan& run_plan, Engine& run_engine)
    : plan(run_plan),
      engine(run_engine),
      protocol(make_pubsub_protocol(run_plan)),
      form(protocol->text_only()),
      ledger(topics_of_publishers(run_plan), topics_of_subscribers(run_plan)),
      unsent(std::size_t{run_plan.pubsub.publishers} + run_plan.pubsub.subscribers) {}

void FollowedRun::send(std::size_t connection, std::string_view bytes) {
  std::string& waiting = unsent[connection];
  if (!waiting.empty()) {
    waiting += bytes;
    return;
  }
  waiting = bytes.substr(engine.send(connection, bytes.data(), bytes.size()));
}

void FollowedRun::send_rest(std::size_t connection) {
  std::string& waiting = unsent[connection];
  waiting.erase(0, engine.send(connection, waiting.data(), waiting.size()));
}

void FollowedRun::begin(const Phase& next, std::int64_t now_ns) {
  phase = next;
  if (!phase.warmup) continuity.first_refusal_ns = 0;
  note_progress(now_ns);
}

void FollowedRun::keep_longest(std::int64_t& longest_ns, std::int64_t from_ns,
                               std::int64_t until_ns) const noexcept {
  if (phase.warmup) return;
  longest_ns = std::max(longest_ns, std::min(until_ns, phase.deadline_ns) - from_ns);
}

}  // namespace threadmill::load
