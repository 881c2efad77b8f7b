#include "harness/blocks/gate_plan.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <tuple>

#include "harness/blocks/side.h"
#include "harness/catalogue/named.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "results/file/json_access.h"
#include "results/trial/metrics.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

using results::ceiling_subject;
using results::text_at;

constexpr const char* kDefaultScenario = "echo-gate";

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool wanted(const std::vector<std::string>& only, const std::string& name) {
  return only.empty() || has(only, name);
}

fs::path server_of(const GateRequest& request) {
  if (!request.server) return program("threadmill-server");
  check_program(*request.server, "--server");
  return fs::absolute(*request.server);
}

BlockPlan new_plan(const GateRequest& request) {
  BlockPlan plan;
  plan.kind = "gate";
  plan.arguments = request.arguments;
  plan.seed = request.seed;
  plan.time_s = request.time_s;
  return plan;
}

void finish(BlockPlan& plan, const GateRequest& request, const fs::path& home) {
  check_block_plan(plan);
  const bool one = plan.scenarios.size() == 1;
  plan.out = choose_out_file(request.out, one ? "gate-" + plan.scenarios.front().name : "gate", home);
}

void add_subject(std::vector<Subject>& subjects, const Subject& subject) {
  if (find_named(subjects, subject.name) == nullptr) subjects.push_back(subject);
}

Subject subject_of_baseline(const std::vector<Subject>& known, const std::string& name,
                            const std::string& where) {
  try {
    return find_subject(known, name, where);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}; leave it out by naming others with --models", error.what()));
  }
}

// Names of subjects that the scenario's trials have, in the order of their first.
std::vector<std::string> subjects_in(const results::ResultFile& file, const std::string& scenario) {
  std::vector<std::string> names;
  for (const auto& trial : file.trials) {
    const auto subject = text_at(trial, "/subject");
    if (text_at(trial, "/scenario") == scenario && !has(names, subject)) names.push_back(subject);
  }
  return names;
}

Scenario scenario_of(const nlohmann::json& record, const fs::path& file) {
  nlohmann::json document = record;
  document.erase("record");
  return parse_scenario(document, file.string());
}

// The models as the candidate's program serves them; the yardstick stays this build's.
std::vector<Subject> candidates(const GateRequest& request, const fs::path& home) {
  auto subjects = known_subjects(server_of(request), home, request.subject_folders);
  const auto own = model_subjects(program("threadmill-server"));
  for (auto& subject : subjects) {
    if (subject.name == ceiling_subject) subject = find_subject(own, subject.name, "");
  }
  return subjects;
}

// The models that the user named, or those of the baseline; with the yardstick where it has one.
std::vector<std::string> chosen(const std::vector<std::string>& in_baseline,
                                const std::vector<std::string>& models) {
  std::vector<std::string> names;
  for (const auto& name : in_baseline) {
    if (name != ceiling_subject && wanted(models, name)) names.push_back(name);
  }
  const std::string yardstick(ceiling_subject);
  if (!names.empty() && has(in_baseline, yardstick)) names.push_back(yardstick);
  return names;
}

void require_known(const char* option, const std::vector<std::string>& asked,
                   const std::vector<std::string>& in_baseline) {
  for (const auto& name : asked) {
    if (!has(in_baseline, name))
      throw InputError(fmt::format("{}: '{}' is not in the baseline, which has: {}", option, name,
                                   fmt::join(in_baseline, ", ")));
  }
}

bool is_model(const std::string& name, const fs::path& server) {
  return find_named(model_subjects(server), name) != nullptr;
}

void add_model_pair(GatePlan& plan, Scenario& scenario, const std::string& model, const fs::path& candidate,
                    const fs::path& baseline) {
  const auto known = model_subjects(candidate);
  const auto here = find_subject(known, model, "--models: ");
  require_service(here, scenario);
  const auto there = model_of(model, baseline, "--baseline");
  for (const auto& side : {there, here}) {
    add_subject(plan.blocks.subjects, side);
    scenario.subjects.push_back(side.name);
  }
  const auto paired = [&](const results::GatePair& pair) { return pair.candidate == here.name; };
  if (std::none_of(plan.pairs.begin(), plan.pairs.end(), paired))
    plan.pairs.push_back({there.name, here.name});
}

}  // namespace

bool is_server_program(const fs::path& baseline) {
  if (!fs::is_regular_file(baseline) || ::access(baseline.c_str(), X_OK) != 0) return false;
  return std::ifstream(baseline).get() != '{';  // a result file that somebody made executable
}

void require_in_baseline(const GateRequest& request, const results::ResultFile& baseline) {
  std::vector<std::string> scenarios, subjects;
  for (const auto& record : baseline.scenarios) scenarios.push_back(text_at(record, "/name"));
  for (const auto& scenario : scenarios) {
    for (const auto& subject : subjects_in(baseline, scenario)) {
      if (!has(subjects, subject)) subjects.push_back(subject);
    }
  }
  require_known("--scenario", request.scenarios, scenarios);
  require_known("--models", request.models, subjects);
}

GatePlan plan_against_file(const GateRequest& request, const results::ResultFile& baseline,
                           const fs::path& home) {
  require_in_baseline(request, baseline);
  GatePlan plan;
  plan.blocks = new_plan(request);
  plan.candidate = name_of_program(server_of(request));
  const auto known = candidates(request, home);
  const std::string where = fmt::format("--baseline {}: ", request.baseline.string());
  for (const auto& record : baseline.scenarios) {
    if (!wanted(request.scenarios, text_at(record, "/name")) || record.contains("sweep")) continue;
    const auto names = chosen(subjects_in(baseline, text_at(record, "/name")), request.models);
    if (names.empty()) continue;
    auto scenario = scenario_of(record, request.baseline);
    scenario.subjects = names;
    for (const auto& name : names) add_subject(plan.blocks.subjects, subject_of_baseline(known, name, where));
    plan.blocks.scenarios.push_back(std::move(scenario));
  }
  if (plan.blocks.scenarios.empty())
    throw InputError(where +
                     "has no trial of a model that could be judged; record one with: threadmill run gate "
                     "--out FILE");
  finish(plan.blocks, request, home);
  return plan;
}

GatePlan plan_against_program(const GateRequest& request, const fs::path& home) {
  GatePlan plan;
  plan.blocks = new_plan(request);
  const auto candidate = server_of(request);
  std::tie(plan.baseline, plan.candidate) = names_of_programs(request.baseline, candidate);
  const auto targets =
      request.scenarios.empty() ? std::vector<std::string>{kDefaultScenario} : request.scenarios;
  for (const auto& target : targets) {
    auto scenario = find_scenario(target, home / "harness/scenarios");
    auto models = request.models;
    for (const auto& name : scenario.subjects) {
      // A foreign program is the same on both sides.
      if (request.models.empty() && is_model(name, candidate)) models.push_back(name);
    }
    scenario.subjects.clear();
    for (const auto& model : models) {
      if (model != ceiling_subject) add_model_pair(plan, scenario, model, candidate, request.baseline);
    }
    if (scenario.subjects.empty())
      throw InputError(fmt::format(
          "{}: no model that both programs serve is left to judge; name some with --models", scenario.name));
    plan.blocks.scenarios.push_back(std::move(scenario));
  }
  finish(plan.blocks, request, home);
  return plan;
}

}  // namespace threadmill::harness
