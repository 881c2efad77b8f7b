#include "loadgen/self_knowledge.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace threadmill::load {
namespace {

double divide(double part, double whole) { return whole > 0 ? part / whole : 0; }

/// Of the time in which requests were sent, or, in runs by number, the whole window.
double window_ns(const LoadReport& report) {
  return static_cast<double>(report.window.end_ns - report.window.start_ns);
}

double requests_planned(const Plan& plan) {
  return plan.is_pubsub() ? static_cast<double>(plan.pubsub.publishers) * plan.pubsub.window
                          : static_cast<double>(plan.requests.connections) * plan.requests.pipeline;
}

/// A turn that finds k answers makes each of them wait for those before it; an answer sees the mean of k over
/// answers, and while the threads sleep none waits at all.
double unread_share(const LoadReport& report, double busy, double in_flight) {
  const auto& readiness = report.readiness;
  const double seen_by_an_answer = divide(readiness.squares, static_cast<double>(readiness.events));
  const double threads = static_cast<double>(report.threads.size());
  return std::min(1.0, divide(seen_by_an_answer * threads * busy, in_flight));
}

std::optional<double> littles_law_residual(const LoadReport& report) {
  const Plan& plan = report.plan;
  if (plan.is_pubsub() || plan.arrivals.open() || plan.requests.messages_per_connection > 0)
    return std::nullopt;
  if (!report.window.deadline_ns || report.completed == 0) return std::nullopt;
  const double window = static_cast<double>(*report.window.deadline_ns - report.window.start_ns);
  const double per_ns = divide(static_cast<double>(report.completed_in_time), window);
  const double round_ns = report.service_time.mean() + static_cast<double>(plan.arrivals.think_ns) +
                          (report.paced ? report.paced->slip.mean() : 0);
  const double planned = requests_planned(plan);
  return std::abs(planned - per_ns * round_ns) / planned;
}

LimitEvidence evidence_of(const LoadReport& report, const SelfKnowledge& self, double in_flight) {
  LimitEvidence evidence;
  evidence.paced = report.paced.has_value();
  evidence.busiest_thread = self.busiest_thread;
  evidence.starved = self.starved;
  evidence.unread = self.unread;
  evidence.unsent =
      divide(static_cast<double>(report.unsent), static_cast<double>(report.unsent + report.completed));
  if (report.paced) {
    evidence.send_delay_p99_us = static_cast<double>(report.paced->send_delay.value_at_percentile(99)) / 1e3;
    evidence.response_p99_us = static_cast<double>(report.paced->response_time.value_at_percentile(99)) / 1e3;
  }
  evidence.service_min_us = static_cast<double>(report.service_time.min()) / 1e3;
  evidence.service_mean_us = report.service_time.mean() / 1e3;
  evidence.in_flight = in_flight;
  return evidence;
}

}  // namespace

SelfKnowledge self_knowledge(const LoadReport& report, std::optional<double> server_cpu) {
  SelfKnowledge self;
  const double window = window_ns(report);
  for (const auto& thread : report.threads) {
    const auto waited = static_cast<double>(thread.window_run_delay_ns.value_or(0));
    self.busiest_thread =
        std::max(self.busiest_thread, divide(static_cast<double>(thread.window_cpu_ns) + waited, window));
    self.starved = std::max(self.starved, divide(waited, window));
  }
  // Little's law again, for what the plan does not say.
  const double in_flight = divide(static_cast<double>(report.completed), window) * report.service_time.mean();
  if (!report.plan.arrivals.paced())
    self.unread = unread_share(report, std::min(1.0, self.busiest_thread), in_flight);
  self.established = divide(static_cast<double>(report.established), static_cast<double>(report.asked));
  self.littles_law_residual = littles_law_residual(report);
  LimitEvidence evidence = evidence_of(report, self, in_flight);
  evidence.server_cpu = server_cpu;
  self.limit = judge_limit(evidence);
  return self;
}

nlohmann::json to_json(const SelfKnowledge& self) {
  nlohmann::json json = {{"busiest_thread", self.busiest_thread},
                         {"starved", self.starved},
                         {"unread", self.unread},
                         {"established", self.established},
                         {"limited_by", to_text(self.limit.limited_by)},
                         {"reason", self.limit.reason}};
  if (self.littles_law_residual) json["littles_law_residual"] = *self.littles_law_residual;
  return json;
}

}  // namespace threadmill::load
