#include "harness/trial/local_server.h"

#include <utility>

#include "harness/process/process_tree.h"

namespace threadmill::harness {

LocalServer::LocalServer(EventLoop& loop, ServerOrder order, CpuPlan cpus)
    : loop_(loop),
      order_(std::move(order)),
      cpus_(std::move(cpus)),
      process_(loop, order_.subject, order_.service, cpus_.server, order_.connections, order_.words,
               order_.place, order_.journal) {}

std::optional<std::int64_t> LocalServer::settled_cpu_ns() {
  constexpr std::chrono::milliseconds interval{20};
  constexpr std::chrono::milliseconds longest{500};
  constexpr std::int64_t idle_ns = 1'000'000;
  const auto read = [&] { return tree_cpu_ns(process_tree(process_.pid())); };
  std::int64_t cpu_ns = read();
  bool settled = false;
  const auto timer = loop_.repeat(interval, [&]() -> EventLoop::Clock::duration {
    const auto now_ns = read();
    settled = now_ns - cpu_ns < idle_ns;
    cpu_ns = now_ns;
    return interval;
  });
  loop_.wait_for([&] { return settled || has_exited(); }, longest);
  return has_exited() ? std::nullopt : std::optional(cpu_ns);
}

}  // namespace threadmill::harness
