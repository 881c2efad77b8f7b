#include "harness/trial.h"

#include <fmt/format.h>

#include "harness/load_run.h"
#include "harness/sampler.h"
#include "harness/server_process.h"
#include "harness/utc_time.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;

json new_record(const Slot& slot, std::size_t sequence) {
  return {{"record", "trial"},     {"scenario", slot.scenario}, {"subject", slot.subject},
          {"repeat", slot.repeat}, {"sequence", sequence},      {"started_at", utc_now()},
          {"outcome", "ok"},       {"failure", nullptr},        {"server", nullptr},
          {"load", nullptr},       {"samples", nullptr}};
}

void mark_failed(json& record, const std::string& stage, const std::string& reason) {
  record["outcome"] = "failed";
  record["failure"] = {{"stage", stage}, {"reason", reason}};
}

// A server's death shows in the generator's report first, as connections that were closed; the death is what
// to tell.
void require_flawless(EventLoop& loop, const json& report, const std::string& stage,
                      const std::string& prefix, const ServerProcess& server) {
  const auto wrong = complaints(report);
  if (wrong.empty()) return;
  if (loop.wait_for([&] { return server.has_exited(); }, std::chrono::milliseconds(200))) {
    throw TrialFailure(stage, server.describe_exit() + " in mid-trial");
  }
  throw TrialFailure(stage, prefix + wrong + server.describe_state());
}

void verify(EventLoop& loop, const TrialSetting& setting, const json& plan, ServerProcess& server) {
  const LoadRun run{setting.load_program, setting.cpus.generator, "verify", nullptr};
  const auto report = run_load(loop, run, verification_plan(plan), server);
  require_flawless(loop, report, "verify", "the server answers wrongly: ", server);
}

void measure(EventLoop& loop, const TrialSetting& setting, const json& plan, ServerProcess& server,
             json& record) {
  Sampler sampler(loop, server.pid());
  const LoadRun run{setting.load_program, setting.cpus.generator, "load",
                    [&](const std::string& gate) { sampler.at_gate(gate); }};
  record["load"] = run_load(loop, run, plan, server);
  record["samples"] = sampler.to_json();
  require_flawless(loop, record["load"], "load", "", server);
}

// A failure to stop does not hide what failed before it.
void stop(ServerProcess& server, json& record) {
  try {
    server.stop();
  } catch (const TrialFailure& failure) {
    if (record["outcome"] == "ok") mark_failed(record, failure.stage(), failure.what());
  }
}

}  // namespace

json run_trial(EventLoop& loop, const TrialSetting& setting, const Scenario& scenario, const Subject& subject,
               const Slot& slot, std::size_t sequence) {
  auto record = new_record(slot, sequence);
  {
    ServerProcess server(loop, subject, scenario.service, setting.cpus.server, connections_of(scenario.load));
    try {
      server.start();
      // Each repeat has a seed of its own, the same for every subject: their trials are pairs.
      const auto plan = plan_for(scenario.load, server.port(), setting.cpus.generator,
                                 setting.seed + static_cast<std::uint64_t>(slot.repeat));
      verify(loop, setting, plan, server);
      measure(loop, setting, plan, server, record);
    } catch (const TrialFailure& failure) {
      mark_failed(record, failure.stage(), failure.what());
    }
    stop(server, record);
    record["server"] = server.to_json();
  }
  if (const auto left = kill_leftover_children(); left > 0 && record["outcome"] == "ok") {
    mark_failed(record, "stop", fmt::format("{} processes of the server could not be killed", left));
  }
  return record;
}

json untried_record(const Subject& subject, const Slot& slot, std::size_t sequence,
                    const std::string& reason) {
  auto record = new_record(slot, sequence);
  record["server"] = {{"command", command_to_keep(subject, subject.command)},
                      {"ready", nullptr},
                      {"exit_status", nullptr},
                      {"signal", nullptr},
                      {"user_us", 0},
                      {"system_us", 0},
                      {"max_rss_bytes", 0}};
  mark_failed(record, "start", reason);
  return record;
}

}  // namespace threadmill::harness
