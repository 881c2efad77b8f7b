#include "harness/catalogue/conditions.h"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

#include "harness/catalogue/scenario.h"
#include "harness/catalogue/subject.h"
#include "json/strict_object.h"
#include "loadgen/plan.h"
#include "results/trial/metrics.h"
#include "servers/registry.h"
#include "servers/staged/staging.h"

namespace threadmill::harness {
namespace {

using json::StrictObject;
using nlohmann::json;

constexpr std::uint64_t kMostClients = 10'000'000;

/// What the server itself would say to such an option.
template <typename Parse>
void check_text(const StrictObject& server, const char* key, Parse parse) try {
  if (server.has(key)) parse(server.nonempty_text(key));
} catch (const std::invalid_argument& error) {
  server.fail(key, fmt::format("is wrong: {}", error.what()));
}

json read_server(const StrictObject& scenario) {
  if (!scenario.has("server")) return nullptr;
  const auto server = scenario.object("server", {"work", "fault", "max_connections", "journal"});
  check_text(server, "work", servers::parse_work);
  check_text(server, "fault", servers::parse_fault);
  if (server.has("max_connections")) server.integer("max_connections", 1, kMostClients);
  server.boolean("journal", false);
  return scenario.at("server");
}

json read_fault(const StrictObject& scenario) {
  if (!scenario.has("fault")) return nullptr;
  const auto& stop = scenario.at("load").at("stop");
  if (!stop.contains("duration_s"))
    scenario.fail("fault", "needs a load by time (\"stop\": {\"duration_s\": t})");
  read_fault_plan(scenario, stop.at("duration_s").get<double>());
  return scenario.at("fault");
}

json read_network(const StrictObject& scenario) {
  if (!scenario.has("network")) return nullptr;
  read_network_conditions(scenario.object("network", kNetworkKeys));
  return scenario.at("network");
}

json read_behaviour(const StrictObject& scenario) {
  if (!scenario.has("behaviour")) return nullptr;
  const auto behaviour = scenario.object("behaviour", {"name", "calm", "metric", "held_within"});
  behaviour.nonempty_text("name");
  if (!behaviour.has("calm")) {
    if (behaviour.has("metric") || behaviour.has("held_within"))
      behaviour.fail("calm",
                     "is missing: \"metric\" and \"held_within\" hold the figure against that scenario's");
    return scenario.at("behaviour");
  }
  behaviour.nonempty_text("calm");
  const auto metric = results::find_metric(behaviour.nonempty_text("metric"));
  if (!metric || results::traits_of(*metric).better == results::Better::neither)
    behaviour.fail("metric", "must be a column of trials.csv that gets better as it grows or falls");
  behaviour.number("held_within", 0.01, 1);
  return scenario.at("behaviour");
}

/// Each part of a staged failure needs the others.
void check_together(const StrictObject& scenario, const Conditions& conditions) {
  const auto& load = scenario.at("load");
  const auto crashers = load.value("bystanders", json::object()).value("crashers", 0U);
  if (crashers > 0 && !conditions.crashes())
    scenario.fail("load", R"(has "crashers"; they need "server": {"fault": "crash"})");
  if (conditions.crashes() && crashers == 0)
    scenario.fail("server", R"(has "fault"; it needs "bystanders": {"crashers": 1} in the load)");
  const auto fault = conditions.fault_plan();
  if (fault && fault->kind == FaultKind::partition &&
      !conditions.network_conditions().value_or(NetworkConditions{}).changes_anything())
    scenario.fail(
        "fault",
        R"(needs "network": {"delay_ms": 1}, or other conditions: what they are made by cuts the line)");
  if (fault && fault->kind == FaultKind::full_disk && !conditions.keeps_journal())
    scenario.fail("fault", R"(needs "server": {"journal": true})");
  if (conditions.may_end_server() && load.value("lost_clients", "fail") != "return")
    scenario.fail(conditions.crashes() ? "server" : "fault",
                  R"(ends connections; it needs "lost_clients": "return" in the load)");
}

}  // namespace

std::vector<std::string> Conditions::words() const {
  std::vector<std::string> words;
  if (server.is_null()) return words;
  const auto add = [&](const char* key, const char* option) {
    if (!server.contains(key)) return;
    const auto& value = server.at(key);
    words.insert(words.end(), {option, value.is_string() ? value.get<std::string>() : value.dump()});
  };
  add("work", "--work");
  add("fault", "--fault");
  add("max_connections", "--max-connections");
  if (keeps_journal()) words.insert(words.end(), {"--journal", "{journal}"});
  return words;
}

std::optional<FaultPlan> Conditions::fault_plan() const {
  if (fault.is_null()) return std::nullopt;
  const json scenario = {{"fault", fault}};
  return read_fault_plan(StrictObject(scenario, "scenario", {"fault"}), std::numeric_limits<double>::max());
}

bool Conditions::keeps_journal() const { return !server.is_null() && server.value("journal", false); }

std::optional<NetworkConditions> Conditions::network_conditions() const {
  if (network.is_null()) return std::nullopt;
  return read_network_conditions(StrictObject(network, "network", kNetworkKeys));
}

bool Conditions::crashes() const { return !server.is_null() && server.contains("fault"); }

Conditions read_conditions(const StrictObject& scenario) {
  Conditions conditions{read_server(scenario), read_fault(scenario), read_network(scenario),
                        read_behaviour(scenario)};
  check_together(scenario, conditions);
  return conditions;
}

std::optional<std::string> why_not(const Subject& subject, const Scenario& scenario) {
  const auto& conditions = scenario.conditions;
  const auto* model = subject.is_model ? model_of(subject) : nullptr;
  const auto connections = load::parse_load_template(scenario.load).connections();
  if (model != nullptr && model->traits.one_at_a_time && connections > 1)
    return fmt::format("it serves one client at a time, and the scenario has {} that stay", connections);
  const auto fault = conditions.fault_plan();
  const bool of_workers = fault && fault->kind == FaultKind::kill_worker;
  if (conditions.server.is_null() && !fault) return std::nullopt;
  if (model == nullptr && !conditions.server.is_null())
    return "it is no model of ours, and cannot be told what the scenario's \"server\" asks for";
  if (model == nullptr) {
    if (of_workers) return "it is no model of ours, of which is known whether it has workers";
    return std::nullopt;
  }
  const auto& traits = model->traits;
  if (traits.ceiling) return "it is a ceiling: it runs no handlers and keeps to no limits";
  if (of_workers && !traits.processes) return "it has no worker processes of which one could be killed";
  return std::nullopt;
}

}  // namespace threadmill::harness
