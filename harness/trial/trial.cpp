#include "harness/trial/trial.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "harness/host/remote_server.h"
#include "harness/network/network_error.h"
#include "harness/trial/journal_folder.h"
#include "harness/trial/load_run.h"
#include "harness/trial/local_server.h"
#include "harness/trial/server_process.h"
#include "harness/trial/staged_fault.h"
#include "harness/trial/syscall_pass.h"
#include "harness/trial/trial_network.h"
#include "harness/utc_time.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;

// How long verifying waits for an answer.
constexpr std::chrono::seconds kVerifyPatience{2};
// Of the first answers of a server that also starts slowly; where packets are lost, several may be lost one
// after the other.
constexpr std::chrono::seconds kLongVerifyPatience{10};

// What all load runs of a trial have in common.
LoadRun load_run_of(const TrialSetting& setting, const Places& places, const std::string& stage) {
  LoadRun run;
  run.command = {setting.load_program.string()};
  run.cpus = setting.cpus.generator;
  run.stage = stage;
  run.network_namespace = places.generator.network_namespace;
  return run;
}

std::unique_ptr<TrialServer> make_server(EventLoop& loop, const TrialSetting& setting,
                                         const Scenario& scenario, const Subject& subject, const Place& place,
                                         const JournalFolder* journal) {
  ServerOrder order{subject,
                    scenario.service,
                    connections_of(scenario.load),
                    scenario.conditions.words(),
                    place,
                    journal != nullptr ? journal->path() : std::filesystem::path{}};
  if (setting.server_host.any())
    return std::make_unique<RemoteServer>(loop, setting.server_host, std::move(order));
  return std::make_unique<LocalServer>(loop, std::move(order), setting.cpus);
}

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

// How long a death may take to be seen. One that closes connections may just be dying, on a machine that has
// much else to do, or writing a core.
std::chrono::milliseconds patience_for_death(const json& report) {
  const auto errors = report.value("errors", json::object());
  const bool ended = errors.value("closed", 0) > 0 || errors.value("reset", 0) > 0;
  return std::chrono::milliseconds(ended ? 2000 : 200);
}

// A server's death shows in the generator's report first, as connections that were closed; the death is what
// to tell.
void require_flawless(EventLoop& loop, const json& report, const std::string& stage,
                      const std::string& prefix, const TrialServer& server) {
  const auto wrong = complaints(report);
  if (wrong.empty()) return;
  if (loop.wait_for([&] { return server.has_exited(); }, patience_for_death(report))) {
    throw TrialFailure(stage, server.describe_exit() + " in mid-trial");
  }
  throw TrialFailure(stage, prefix + wrong + server.describe_state());
}

void verify(EventLoop& loop, const TrialSetting& setting, const Places& places, const Subject& subject,
            const json& plan, TrialServer& server) {
  const bool takes_time =
      places.generator.network_namespace >= 0 || setting.server_host.any() || subject.starts_slowly();
  const auto small = verification_plan(plan, takes_time ? kLongVerifyPatience : kVerifyPatience);
  const auto report = run_load(loop, load_run_of(setting, places, "verify"), small, server);
  require_flawless(loop, report, "verify", "the server answers wrongly: ", server);
}

// How the server ended, where a fault may end it; null while it runs.
json exit_in_trial(const TrialServer& server) {
  return server.has_exited() ? json(server.describe_exit()) : json(nullptr);
}

// A fault that did not happen says nothing of what would have become of the others.
void require_crash(const json& report) {
  const auto& crashers = report.at("bystanders").at("crashers");
  if (crashers.at("dropped_by_server") == crashers.at("asked")) return;
  throw TrialFailure("load",
                     "the client whose handler was to crash was not served, or its handler did not crash");
}

void measure(EventLoop& loop, const TrialSetting& setting, const Places& places, const Scenario& scenario,
             const json& plan, TrialServer& server, std::optional<StagedFault>& fault, json& record) {
  const auto& conditions = scenario.conditions;
  server.begin_watch();
  const auto on_gate = [&](const std::string& gate, pid_t generator) {
    server.at_gate(gate, generator);
    if (fault && gate == "warm") fault->begin();
  };
  auto run = load_run_of(setting, places, "load");
  run.on_gate = on_gate;
  run.outlives_server = conditions.may_end_server();
  const auto& hosts = setting.load_hosts;
  if (hosts.any()) run.command = load_command(hosts, setting.load_program.parent_path());
  record["load"] = run_load(loop, run, hosts.any() ? plan_for_hosts(plan, scenario.load) : plan, server);
  record.update(server.watched());
  if (fault) record["fault"] = fault->to_json();
  if (conditions.crashes()) record["fault"]["kind"] = "crash";
  if (conditions.may_end_server()) record["fault"]["server_exit"] = exit_in_trial(server);
  require_flawless(loop, record["load"], "load", "", server);
  if (conditions.crashes()) require_crash(record["load"]);
}

// A failure to stop does not hide what failed before it. What a fault has ended needs no stop.
void stop(TrialServer& server, json& record) {
  if (record.contains("fault") && record["fault"]["server_exit"].is_string()) return;
  try {
    server.stop();
  } catch (const TrialFailure& failure) {
    if (record["outcome"] == "ok") mark_failed(record, failure.stage(), failure.what());
  }
}

std::unique_ptr<JournalFolder> make_journal(const Conditions& conditions) {
  if (!conditions.keeps_journal()) return nullptr;
  const auto fault = conditions.fault_plan();
  const bool fills_up = fault && fault->kind == FaultKind::full_disk;
  return std::make_unique<JournalFolder>(fills_up ? JournalFolder::On::small_tmpfs : JournalFolder::On::disk);
}

// The sampler's total beside the kernel's: two ways to the same figure, so that each vouches for the other.
json accounts(std::int64_t sampled_cpu_ns, const json& server) {
  const auto waited_us =
      server.at("user_us").get<std::int64_t>() + server.at("system_us").get<std::int64_t>();
  return {{"sampled_cpu_ns", sampled_cpu_ns}, {"waited_cpu_ns", waited_us * 1000}};
}

}  // namespace

json run_trial(EventLoop& loop, const TrialSetting& setting, const Scenario& scenario, const Subject& subject,
               const Slot& slot, std::size_t sequence) {
  auto record = new_record(slot, sequence);
  try {
    const auto network = make_network(loop, scenario);
    const auto places = places_in(network.get(), setting.server_address);
    const auto journal = make_journal(scenario.conditions);
    const auto plan_of_fault = scenario.conditions.fault_plan();
    std::optional<std::int64_t> sampled_cpu_ns;
    const auto owner = make_server(loop, setting, scenario, subject, places.server, journal.get());
    TrialServer& server = *owner;
    try {
      server.start();
      // Each repeat has a seed of its own, the same for every subject: their trials are pairs.
      const auto plan =
          plan_for(scenario.load, server.port(), setting.cpus.generator,
                   setting.seed + static_cast<std::uint64_t>(slot.repeat), places.server.address);
      verify(loop, setting, places, subject, plan, server);
      std::optional<StagedFault> fault;
      if (plan_of_fault)
        fault.emplace(loop, *plan_of_fault, FaultTargets{*server.local(), network.get(), journal.get()});
      measure(loop, setting, places, scenario, plan, server, fault, record);
      if (setting.count_syscalls && slot.repeat == 0 && !plan_of_fault && !scenario.conditions.crashes()) {
        record["syscalls"] = count_syscalls(loop, load_run_of(setting, places, "load"), plan, server);
      }
      if (!plan_of_fault || !plan_of_fault->replaces_server()) sampled_cpu_ns = server.settled_cpu_ns();
    } catch (const TrialFailure& failure) {
      mark_failed(record, failure.stage(), failure.what());
    }
    if (network) record["network"] = network->to_json();
    stop(server, record);
    record["server"] = server.to_json();
    if (sampled_cpu_ns) record["accounts"] = accounts(*sampled_cpu_ns, record["server"]);
  } catch (const NetworkError& error) {
    record = untried_record(subject, slot, sequence, error.what());
  }
  if (const auto left = kill_leftover_children(); left > 0 && record["outcome"] == "ok") {
    mark_failed(record, "stop", fmt::format("{} processes of the server could not be killed", left));
  }
  return record;
}

json untried_record(const Subject& subject, const Slot& slot, std::size_t sequence,
                    const std::string& reason) {
  auto record = new_record(slot, sequence);
  record["server"] = unstarted_server(subject, subject.command);
  mark_failed(record, "start", reason);
  return record;
}

}  // namespace threadmill::harness
