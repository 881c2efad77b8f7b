#include "loadgen/ranks/rank_plan.h"

#include <fmt/format.h>

namespace threadmill::load {

Plan plan_for_ranks(const Plan& plan, std::size_t ranks) {
  if (plan.is_pubsub()) {
    throw PlanError(
        "\"driver\": \"pubsub\" runs in one process, as its publishers wait for its subscribers: use "
        "threadmill-load, "
        "or one of the drivers echo, resp and http");
  }
  if (plan.threads * ranks > plan.connections()) {
    throw PlanError(fmt::format(
        "over {} ranks of {} each there are {} threads, and each needs a connection of the plan's {}: "
        "ask for more \"connections\", or fewer ranks",
        ranks, plan.threads, plan.threads * ranks, plan.connections()));
  }
  if (plan.threads * ranks > kMostThreads) {
    throw PlanError(
        fmt::format("over {} ranks of {} each there are {} threads, and {} are the most: ask for fewer "
                    "\"threads\", or fewer ranks",
                    ranks, plan.threads, plan.threads * ranks, kMostThreads));
  }
  Plan whole = plan;
  whole.threads = static_cast<std::uint32_t>(plan.threads * ranks);
  return whole;
}

ThreadRange threads_of_rank(const Plan& plan, std::size_t rank, std::size_t ranks) {
  const std::size_t each = plan.threads / ranks;
  return {rank * each, each};
}

std::optional<std::string> shortage_of_rank(const Plan& plan, ThreadRange range, const Limits& limits) {
  Plan part = plan;
  part.requests.connections = connections_of(plan, range);
  part.threads = static_cast<std::uint32_t>(range.count);
  if (range.first != 0) part.bystanders = {};
  return shortage(part, limits);
}

}  // namespace threadmill::load
