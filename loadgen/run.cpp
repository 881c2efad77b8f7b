#include "loadgen/run.h"

#include <sys/resource.h>

#include <deque>
#include <exception>
#include <limits>
#include <thread>
#include <vector>

#include "loadgen/worker.h"

namespace threadmill::load {
namespace {

std::vector<std::string_view> gates_of(const Plan& plan) {
  if (plan.measure_from == MeasureFrom::connect) return {"start", "measured"};
  if (plan.stop.messages) return {"start", "connected", "measured"};
  return {"start", "connected", "warm", "measured"};
}

void pass_gates(WorkerContext& context, const Gate& gate) {
  for (const auto name : gates_of(context.plan)) {
    context.gates.arrive_and_wait();
    try {
      if (gate && !context.state.failed()) gate(name);
    } catch (const std::exception& error) {
      context.state.fail(error.what());
    }
    context.gates.arrive_and_wait();
  }
}

/// Adds one thread's seconds to those of the threads before it; both reach to the end of the window.
void add_series(TimeSeries& sum, TimeSeries series, std::int64_t start_ns, std::int64_t end_ns) {
  series.finish(end_ns);
  if (sum.start_ns() == 0) sum = TimeSeries(start_ns);
  sum.finish(end_ns);
  sum.merge(series);
}

void add_worker(LoadReport& report, const Worker& worker) {
  const Totals& totals = worker.totals();
  report.established += totals.established;
  report.errors += totals.errors;
  report.integrity += totals.integrity;
  report.connect_time.merge(totals.connect_time);
  report.threads.push_back(worker.use());
  if (worker.window_start_ns() == 0) return;  // what was counted was the warm-up
  auto& window = report.window;
  if (window.start_ns == 0 || worker.window_start_ns() < window.start_ns)
    window.start_ns = worker.window_start_ns();
  window.end_ns = std::max({window.end_ns, totals.last_completion_ns, window.start_ns});
  if (totals.deadline_ns != std::numeric_limits<std::int64_t>::max()) {
    window.deadline_ns = std::max(window.deadline_ns.value_or(0), totals.deadline_ns);
  }
  report.completed += totals.completed;
  report.completed_in_time += totals.completed_in_time;
  report.bytes += totals.bytes;
  report.unsent += totals.unsent;
  report.readiness += totals.readiness;
  report.backlog += totals.backlog;
  report.service_time.merge(totals.service_time);
  add_series(report.service_series, totals.service_series, window.start_ns, window.end_ns);
  if (report.paced) {
    report.paced->response_time.merge(totals.response_time);
    report.paced->slip.merge(totals.slip);
    report.paced->send_delay.merge(totals.send_delay);
    add_series(report.paced->series, totals.response_series, window.start_ns, window.end_ns);
  }
  if (!report.deliveries) return;
  *report.deliveries += totals.deliveries;
  *report.deliveries_in_time += totals.deliveries_in_time;
  report.delivery->merge(totals.delivery);
}

Warmup warmup_of(const WorkerContext& context) {
  const std::int64_t steady_after_ns = context.warmup.took_ns();
  const auto cap_ns = static_cast<std::int64_t>(context.plan.stop.warmup_s * 1e9);
  return {.steady = steady_after_ns > 0, .took_ns = steady_after_ns > 0 ? steady_after_ns : cap_ns};
}

std::uint64_t max_rss_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

LoadReport run_load(const Plan& plan, const Gate& gate) {
  WorkerContext context(plan);
  std::deque<Worker> workers;
  for (std::size_t thread = 0; thread < plan.threads; ++thread) workers.emplace_back(context, thread);
  {
    std::vector<std::jthread> threads;
    for (auto& worker : workers) threads.emplace_back([&worker] { worker.run(); });
    pass_gates(context, gate);
  }
  LoadReport report;
  report.plan = plan;
  report.failure = context.state.failure();
  report.asked = plan.connections();
  if (plan.arrivals.paced()) report.paced.emplace();
  if (plan.stop.steady) report.warmup = warmup_of(context);
  if (plan.is_pubsub()) {
    report.deliveries = 0;
    report.deliveries_in_time = 0;
    report.delivery.emplace();
  }
  for (const auto& worker : workers) add_worker(report, worker);
  report.max_rss_bytes = max_rss_bytes();
  return report;
}

}  // namespace threadmill::load
