#include "harness/host/remote_server.h"

#include <fmt/format.h>

#include <limits>
#include <system_error>
#include <utility>

#include "harness/trial/server_process.h"
#include "harness/trial/trial_failure.h"
#include "os/clock.h"

namespace threadmill::harness {
namespace {

constexpr int kClockQuestions = 8;

// Of an answer; what is not as it has to be fails the trial.
template <typename T>
T member_of(const nlohmann::json& answer, const char* key, const std::string& stage) {
  try {
    return answer.at(key).get<T>();
  } catch (const nlohmann::json::exception&) {
    throw TrialFailure(stage, fmt::format("the host's answer has no such \"{}\" as it has to: {}", key,
                                          answer.dump().substr(0, 200)));
  }
}

// Of a snapshot or a point.
void set_back(nlohmann::json& sample, std::int64_t by_ns) {
  if (!sample.is_object() || !sample.contains("t_ns") || !sample["t_ns"].is_number_integer()) return;
  sample["t_ns"] = sample["t_ns"].get<std::int64_t>() - by_ns;
}

}  // namespace

RemoteServer::RemoteServer(EventLoop& loop, ServerHost host, ServerOrder order)
    : loop_(loop),
      host_(std::move(host)),
      order_(std::move(order)),
      record_(unstarted_server(order_.subject, order_.subject.command)) {}

std::chrono::milliseconds RemoteServer::time_for(HostAction action) const {
  if (action == HostAction::start) return order_.subject.ready_within;
  if (action == HostAction::stop) return order_.subject.stop_within;
  return std::chrono::milliseconds(0);
}

nlohmann::json RemoteServer::ask(HostAction action, const std::string& stage, const std::string& gate) {
  HostRequest request;
  request.action = action;
  request.gate = gate;
  if (action == HostAction::start) request.order = order_;
  auto answer = link_->ask(request, stage, time_for(action));
  if (const auto server = answer.find("server"); server != answer.end() && server->is_object())
    record_ = std::move(*server);
  if (const auto failed = answer.find("failed"); failed != answer.end()) {
    throw TrialFailure(member_of<std::string>(*failed, "stage", stage),
                       member_of<std::string>(*failed, "reason", stage));
  }
  return answer;
}

void RemoteServer::start() {
  try {
    link_ = std::make_unique<HostLink>(loop_, host_);
  } catch (const std::system_error& error) {
    throw TrialFailure("start", error.what());
  }
  port_ = member_of<std::uint16_t>(ask(HostAction::start, "start"), "port", "start");
  compare_clocks();
}

void RemoteServer::compare_clocks() {
  std::int64_t shortest_ns = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < kClockQuestions; ++i) {
    const auto asked_ns = os::monotonic_ns();
    const auto there_ns = member_of<std::int64_t>(ask(HostAction::clock, "start"), "t_ns", "start");
    const auto trip_ns = os::monotonic_ns() - asked_ns;
    if (trip_ns >= shortest_ns) continue;
    shortest_ns = trip_ns;
    ahead_ns_ = there_ns - (asked_ns + trip_ns / 2);
  }
}

void RemoteServer::stop() {
  if (!link_) return;
  ask(HostAction::stop, "stop");
  link_->close();
}

bool RemoteServer::has_exited() const { return link_ && (link_->exited() || link_->is_lost()); }

std::string RemoteServer::describe_exit() const {
  return link_->exited() ? *link_->exited() : link_->describe_loss();
}

// Only ever words beside a failure: none where there is nobody to ask.
std::string RemoteServer::describe_state() const try {
  HostRequest request;
  request.action = HostAction::state;
  return member_of<std::string>(link_->ask(request, "load"), "state", "load");
} catch (const TrialFailure&) {
  return {};
}

void RemoteServer::begin_watch() { ask(HostAction::watch, "load"); }

void RemoteServer::at_gate(const std::string& gate, std::optional<pid_t>) {
  ask(HostAction::gate, "load", gate);
}

nlohmann::json RemoteServer::watched() {
  const auto answer = ask(HostAction::samples, "load");
  auto samples = member_of<nlohmann::json::object_t>(answer, "samples", "load");
  for (auto& gate : samples["gates"]) set_back(gate, ahead_ns_);
  for (auto& point : samples["series"]) set_back(point, ahead_ns_);
  return {{"samples", samples}, {"machine", member_of<nlohmann::json::object_t>(answer, "machine", "load")}};
}

std::optional<std::int64_t> RemoteServer::settled_cpu_ns() {
  const auto cpu_ns = ask(HostAction::settle, "load").value("cpu_ns", nlohmann::json());
  return cpu_ns.is_number_integer() ? std::optional(cpu_ns.get<std::int64_t>()) : std::nullopt;
}

}  // namespace threadmill::harness
