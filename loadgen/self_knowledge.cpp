#include "loadgen/self_knowledge.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

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

void add_thread_shares(const LoadReport& report, double window, LimitEvidence& evidence) {
  for (const auto& thread : report.threads) {
    const auto waited = static_cast<double>(thread.window_run_delay_ns.value_or(0));
    evidence.busiest_thread =
        std::max(evidence.busiest_thread, divide(static_cast<double>(thread.window_cpu_ns) + waited, window));
    evidence.starved = std::max(evidence.starved, divide(waited, window));
  }
}

double p99_us(const Histogram& histogram) {
  return static_cast<double>(histogram.value_at_percentile(99)) / 1e3;
}

LimitEvidence evidence_of(const LoadReport& report) {
  LimitEvidence evidence;
  const double window = window_ns(report);
  add_thread_shares(report, window, evidence);
  const auto completed = static_cast<double>(report.completed);
  // Little's law, for what the plan does not say.
  evidence.in_flight = divide(completed, window) * report.service_time.mean();
  evidence.service_min_us = static_cast<double>(report.service_time.min()) / 1e3;
  evidence.service_mean_us = report.service_time.mean() / 1e3;
  evidence.paced = report.paced.has_value();
  if (report.paced) {
    evidence.unsent =
        divide(static_cast<double>(report.unsent), static_cast<double>(report.unsent) + completed);
    evidence.send_delay_p99_us = p99_us(report.paced->send_delay);
    evidence.response_p99_us = p99_us(report.paced->response_time);
    return evidence;
  }
  // A subscriber's connection brings many messages at once: there, unread connections are what can be told.
  const double could_wait = report.plan.is_pubsub() ? static_cast<double>(report.asked) : evidence.in_flight;
  evidence.unread = unread_share(report, std::min(1.0, evidence.busiest_thread), could_wait);
  return evidence;
}

constexpr std::pair<const char*, double LimitEvidence::*> kShares[] = {
    {"busiest_thread", &LimitEvidence::busiest_thread},
    {"starved", &LimitEvidence::starved},
    {"unsent", &LimitEvidence::unsent},
    {"service_min_us", &LimitEvidence::service_min_us},
    {"service_mean_us", &LimitEvidence::service_mean_us},
    {"in_flight", &LimitEvidence::in_flight}};
constexpr std::pair<const char*, std::optional<double> LimitEvidence::*> kPacedFigures[] = {
    {"send_delay_p99_us", &LimitEvidence::send_delay_p99_us},
    {"response_p99_us", &LimitEvidence::response_p99_us}};

}  // namespace

SelfKnowledge self_knowledge(const LoadReport& report) {
  SelfKnowledge self;
  self.evidence = evidence_of(report);
  self.established = divide(static_cast<double>(report.established), static_cast<double>(report.asked));
  self.littles_law_residual = littles_law_residual(report);
  self.limit = judge_limit(self.evidence);
  return self;
}

nlohmann::json to_json(const SelfKnowledge& self) {
  nlohmann::json json = {{"established", self.established},
                         {"paced", self.evidence.paced},
                         {"limited_by", to_text(self.limit.limited_by)},
                         {"reason", self.limit.reason}};
  for (const auto& [name, member] : kShares) json[name] = self.evidence.*member;
  if (!self.evidence.paced) json["unread"] = self.evidence.unread;
  for (const auto& [name, member] : kPacedFigures) {
    if (self.evidence.*member) json[name] = *(self.evidence.*member);
  }
  if (self.littles_law_residual) json["littles_law_residual"] = *self.littles_law_residual;
  return json;
}

std::optional<LimitEvidence> limit_evidence_from_json(const nlohmann::json& self) {
  if (!self.is_object()) return std::nullopt;
  LimitEvidence evidence;
  evidence.paced = self.value("paced", false);
  for (const auto& [name, member] : kShares) {
    if (!self.contains(name) || !self[name].is_number()) return std::nullopt;
    evidence.*member = self[name].get<double>();
  }
  if (self.contains("unread") && self["unread"].is_number()) evidence.unread = self["unread"].get<double>();
  for (const auto& [name, member] : kPacedFigures) {
    if (self.contains(name) && self[name].is_number()) evidence.*member = self[name].get<double>();
  }
  return evidence;
}

}  // namespace threadmill::load
