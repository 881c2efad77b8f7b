#include "harness/catalogue/scenario.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "harness/catalogue/named.h"
#include "harness/catalogue/services.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "json/error.h"
#include "json/file.h"
#include "json/strict_object.h"
#include "loadgen/plan.h"

namespace threadmill::harness {
namespace {

using json::StrictObject;

// The load generator's own reading, so that a mistake is told before anything is started.
void check_load(const nlohmann::json& load, const std::string& service, const std::string& where) {
  try {
    const auto name = name_of_load(load::parse_load_template(load));
    const auto fitting = loads_of(service);
    if (std::find(fitting.begin(), fitting.end(), name) == fitting.end()) {
      throw InputError(fmt::format("{}: the load's driver is \"{}\"; the service {} wants {}", where, name,
                                   service, fmt::join(fitting, " or ")));
    }
  } catch (const load::PlanError& error) {
    throw InputError(fmt::format("{}: {}", where, error.what()));
  }
}

void check_subjects_once(const StrictObject& fields, const std::vector<std::string>& subjects) {
  for (auto subject = subjects.begin(); subject != subjects.end(); ++subject) {
    if (std::find(subjects.begin(), subject, *subject) != subject)
      fields.fail("subjects", fmt::format("has \"{}\" twice; name it once", *subject));
  }
}

void check_published(const StrictObject& scenario) {
  const auto published = scenario.object("published", {"source", "machine", "figures"});
  published.text("source");
  published.text("machine");
  for (const auto& figure : published.objects("figures", {"subject", "metric", "value", "approximate"})) {
    figure.text("subject");
    figure.choice("metric", {"requests_per_s", "messages_per_s", "seconds_per_1000_messages", "cpu_percent",
                             "cpu_percent_max", "memory_mib_max"});
    figure.number("value", 0, 1e12);
    figure.boolean("approximate", false);
  }
}

}  // namespace

double Scenario::load_s() const {
  const auto& stop = load.at("stop");
  return stop.value("duration_s", 0.0) + stop.value("warmup_s", 0.0);
}

bool Scenario::runs_by_time() const { return load.at("stop").contains("duration_s"); }

void Scenario::run_for(std::optional<double> duration_s, std::optional<double> warmup_s) {
  if (!runs_by_time()) return;
  if (duration_s) load["stop"]["duration_s"] = *duration_s;
  if (warmup_s) load["stop"]["warmup_s"] = *warmup_s;
}

nlohmann::json Scenario::to_json() const {
  nlohmann::json document = {{"name", name},       {"title", title},       {"question", question},
                             {"service", service}, {"subjects", subjects}, {"load", load}};
  if (!published.is_null()) document["published"] = published;
  if (!conditions.server.is_null()) document["server"] = conditions.server;
  if (!conditions.fault.is_null()) document["fault"] = conditions.fault;
  if (!conditions.network.is_null()) document["network"] = conditions.network;
  if (!conditions.behaviour.is_null()) document["behaviour"] = conditions.behaviour;
  if (!not_applicable.empty()) document["not_applicable"] = not_applicable;
  return document;
}

Scenario parse_scenario(const nlohmann::json& document, const std::string& where) try {
  const StrictObject fields(document, where,
                            {"name", "title", "question", "service", "subjects", "load", "server", "fault",
                             "network", "behaviour", "published"});
  Scenario scenario;
  scenario.name = fields.nonempty_text("name");
  scenario.title = fields.nonempty_text("title");
  scenario.question = fields.nonempty_text("question");
  scenario.service = service_names()[fields.choice("service", service_names())];
  scenario.subjects = fields.texts("subjects");
  check_subjects_once(fields, scenario.subjects);
  scenario.load = fields.at("load");
  check_load(scenario.load, scenario.service, where);
  scenario.conditions = read_conditions(fields);
  if (fields.has("published")) {
    scenario.published = fields.at("published");
    check_published(fields);
  }
  return scenario;
} catch (const json::JsonError& error) {
  throw InputError(error.what());
}

Scenario read_scenario(const std::filesystem::path& file) try {
  return parse_scenario(json::read_file(file), file.string());
} catch (const json::JsonError& error) {
  throw InputError(error.what());
}

bool is_scenario_file(const std::string& target) {
  return target.find('/') != std::string::npos || std::filesystem::path(target).extension() == ".json";
}

Scenario find_scenario(const std::string& target, const std::filesystem::path& folder) {
  if (is_scenario_file(target)) return read_scenario(target);
  return require_named(read_scenarios(folder), "scenario", target);
}

std::vector<Scenario> read_scenarios(const std::filesystem::path& folder) {
  std::vector<Scenario> scenarios;
  for (const auto& file : json_files(folder)) {
    scenarios.push_back(read_scenario(file));
    if (file.stem() != scenarios.back().name) {
      throw InputError(
          fmt::format("{}: \"name\" must be \"{}\", as the file", file.string(), file.stem().string()));
    }
  }
  return scenarios;
}

}  // namespace threadmill::harness
