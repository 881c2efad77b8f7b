#include "loadgen/run.h"

#include <fmt/format.h>

#include <deque>
#include <exception>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "loadgen/bystanders/bystanders.h"
#include "loadgen/pubsub_topic.h"
#include "loadgen/worker.h"
#include "os/clock.h"

namespace threadmill::load {
namespace {

BystanderScript script_of(const Plan& plan) {
  switch (plan.driver) {
    case DriverKind::echo:
      break;
    case DriverKind::pubsub:
      return pubsub_script(topic_name(0), plan.message_bytes);
    case DriverKind::resp:
      return resp_script(plan.requests.command);
    case DriverKind::http:
      return http_script(plan.requests.path);
  }
  return echo_script(plan.message_bytes);
}

/// A run that asks for bystanders measures nothing of worth without them.
void require_all(const Bystanders& bystanders, RunState& state) {
  const BystanderCounts counts = bystanders.counts().total();
  if (counts.connect_failures == 0) return;
  state.fail(fmt::format("{} of {} bystanders were not established: {}", counts.connect_failures,
                         counts.asked, bystanders.failure().value_or("not ready in time")));
}

std::int64_t half_of_window_ns(const Plan& plan) {
  return static_cast<std::int64_t>(plan.stop.duration_s * 1e9 / 2);
}

/// They are there before anything else is, so that what the server does for them is over when it is loaded,
/// and what it needs for them is not taken for what the load needs. None where the plan has none.
std::unique_ptr<Bystanders> connect_bystanders(const Plan& plan, RunState& state) {
  if (plan.bystanders.total() == 0) return nullptr;
  try {
    auto bystanders = std::make_unique<Bystanders>(BystanderPlan{.target = plan.target,
                                                                 .load = plan.bystanders,
                                                                 .script = script_of(plan),
                                                                 .crash_after_ns = half_of_window_ns(plan),
                                                                 .cpus = plan.cpus,
                                                                 .first_number = plan.connections()});
    bystanders->connect(os::monotonic_ns() + static_cast<std::int64_t>(plan.connect_timeout_s * 1e9));
    require_all(*bystanders, state);
    return bystanders;
  } catch (const std::exception& error) {
    state.fail(fmt::format("the load generator failed: bystanders: {}", error.what()));
    return nullptr;
  }
}

/// Closes them, and says what became of them.
BystanderReport end_of(Bystanders& bystanders, RunState& state) {
  bystanders.stop();
  const auto counts = bystanders.counts();
  if (const auto failure = bystanders.failure(); failure && counts.total().connect_failures == 0) {
    state.fail(fmt::format("the load generator failed: bystanders: {}", *failure));
  }
  return {counts, bystanders.cpu_ns()};
}

/// The last gate before anything is sent.
std::string_view gate_before_load(const Plan& plan) {
  return plan.measure_from == MeasureFrom::connect ? "start" : "connected";
}

/// The last gate before what is measured.
std::string_view gate_before_window(const Plan& plan) {
  const auto gates = gates_of(plan);
  return gates[gates.size() - 2];
}

void pass_gates(WorkerContext& context, const Gate& gate, Bystanders* bystanders) {
  for (const auto name : gates_of(context.plan)) {
    context.gates.arrive_and_wait();
    try {
      if (gate && !context.state.failed()) gate(name);
    } catch (const std::exception& error) {
      context.state.fail(error.what());
    }
    if (bystanders != nullptr && name == gate_before_load(context.plan)) bystanders->begin();
    if (bystanders != nullptr && name == gate_before_window(context.plan)) bystanders->begin_window();
    context.phase_start_ns = os::monotonic_ns();
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
  if (report.losses) *report.losses += totals.losses;
  if (report.continuity) report.continuity = totals.continuity;  // one thread
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
  if (window.deadline_ns) {
    if (!report.backlog) report.backlog.emplace();
    *report.backlog += totals.backlog;
  }
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
  // Not getrusage(2): its maximum outlives exec, and may be that of whoever started this program.
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::uint64_t kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib * 1024;
  }
  return 0;
}

}  // namespace

std::vector<std::string_view> gates_of(const Plan& plan) {
  if (plan.measure_from == MeasureFrom::connect) return {"start", "measured"};
  if (plan.stop.messages) return {"start", "connected", "measured"};
  return {"start", "connected", "warm", "measured"};
}

std::uint32_t connections_of(const Plan& plan, ThreadRange range) {
  std::uint32_t sum = 0;
  for (std::size_t thread = range.first; thread < range.first + range.count; ++thread) {
    sum += static_cast<std::uint32_t>(connections_of_thread(plan, thread));
  }
  return sum;
}

LoadReport run_load(const Plan& plan, const Gate& gate, RecordFile* record) {
  return run_threads(plan, all_threads(plan), gate, record);
}

LoadReport run_threads(const Plan& plan, ThreadRange range, const Gate& gate, RecordFile* record) {
  WorkerContext context(plan, range, record);
  const auto bystanders = range.first == 0 ? connect_bystanders(plan, context.state) : nullptr;
  std::deque<Worker> workers;
  for (std::size_t i = 0; i < range.count; ++i) workers.emplace_back(context, range.first + i);
  {
    std::vector<std::jthread> threads;
    for (auto& worker : workers) threads.emplace_back([&worker] { worker.run(); });
    pass_gates(context, gate, bystanders.get());
  }
  LoadReport report;
  if (bystanders) report.bystanders = end_of(*bystanders, context.state);
  report.plan = plan;
  report.failure = context.state.failure();
  report.asked = connections_of(plan, range);
  if (plan.arrivals.paced()) report.paced.emplace();
  if (plan.lost_clients_return) report.losses.emplace();
  if (plan.follows_messages()) report.continuity.emplace();
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
