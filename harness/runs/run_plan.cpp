#include "harness/runs/run_plan.h"

#include <fmt/ranges.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "harness/catalogue/named.h"
#include "harness/catalogue/suite.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/suggest.h"
#include "loadgen/plan.h"
#include "os/address.h"
#include "os/descriptor.h"
#include "os/errors.h"
#include "results/study/judgement.h"
#include "servers/registry.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

constexpr int kDefaultRepeats = 4;

void add_scenario(RunPlan& plan, Scenario scenario) {
  if (find_named(plan.scenarios, scenario.name) != nullptr) {
    throw InputError(
        fmt::format("scenario '{}' is given twice; name it once, --repeats says how often", scenario.name));
  }
  plan.scenarios.push_back(std::move(scenario));
}

void choose_suite(RunPlan& plan, const Suite& suite, const std::vector<Scenario>& known) {
  plan.suite = plan.name = suite.name;
  plan.repeats = suite.repeats;
  plan.scenarios = scenarios_of(suite, known);
}

void choose_scenarios(RunPlan& plan, const std::vector<std::string>& targets, const fs::path& home) {
  const auto known = read_scenarios(home / "harness/scenarios");
  const auto suites = read_suites(home / "harness/suites");
  for (const auto& target : targets) {
    if (is_scenario_file(target)) {
      add_scenario(plan, read_scenario(target));
    } else if (const auto* scenario = find_named(known, target)) {
      add_scenario(plan, *scenario);
    } else if (const auto* suite = find_named(suites, target)) {
      if (targets.size() > 1)
        throw InputError(fmt::format("give the suite '{}' alone, or scenarios", target));
      return choose_suite(plan, *suite, known);
    } else {
      auto names = names_of(suites);
      for (const auto& name : names_of(known)) names.push_back(name);
      throw InputError(unknown_name_message("suite or scenario", target, names));
    }
  }
  plan.repeats = kDefaultRepeats;
  plan.name = plan.scenarios.size() == 1 ? plan.scenarios.front().name : "scenarios";
}

// Adds a variant of a model that is in no list, because it needs a time to be named.
const Subject& known_subject(std::vector<Subject>& known, const std::string& name, const std::string& where) {
  if (find_named(known, name) == nullptr) known.push_back(find_subject(known, name, where));
  return *find_named(known, name);
}

bool is_of_every_model(const Subject& subject, const std::string& service) {
  const auto* model = subject.is_model && !subject.is_variant ? servers::find_model(subject.name) : nullptr;
  return model != nullptr && !model->traits.ceiling && !model->traits.one_at_a_time &&
         subject.offers(service);
}

// "every-model" becomes their names, less those that the scenario names beside it.
void name_every_model(Scenario& scenario, const std::vector<Subject>& known) {
  std::vector<std::string> named;
  for (const auto& name : scenario.subjects) {
    if (name != kEveryModel) {
      named.push_back(name);
      continue;
    }
    for (const auto& subject : known) {
      const auto& own = scenario.subjects;
      const bool is_named = std::find(own.begin(), own.end(), subject.name) != own.end();
      if (!is_named && is_of_every_model(subject, scenario.service)) named.push_back(subject.name);
    }
  }
  scenario.subjects = std::move(named);
}

// Each scenario's own subjects must be able to do its service.
void check_subjects(const Scenario& scenario, std::vector<Subject>& known) {
  for (const auto& name : scenario.subjects) {
    const auto& subject = known_subject(known, name, fmt::format("scenario '{}': ", scenario.name));
    if (!subject.offers(scenario.service)) {
      throw InputError(fmt::format("scenario '{}': '{}' does not serve {}; it serves {}", scenario.name, name,
                                   scenario.service, fmt::join(subject.services, ", ")));
    }
  }
}

// Of the study's peers, those that this machine has and that can do the scenario's service.
void add_peers(RunPlan& plan, const std::vector<Subject>& known) {
  for (const auto& peer : plan.study->peers) {
    const auto* subject = find_named(known, peer);
    const auto why = subject == nullptr ? std::optional<std::string>("there is no such subject here")
                                        : why_missing(*subject);
    if (why) {
      plan.notices.push_back(fmt::format("{} is left out: {}", peer, *why));
      continue;
    }
    for (auto& scenario : plan.scenarios) {
      if (subject->offers(scenario.service)) scenario.subjects.push_back(peer);
    }
  }
}

// Where a study asks for several services, its subjects take part where they serve. One that serves in none
// of the scenarios stays, and is a mistake that check_subjects() tells. A scenario that only absent peers
// would serve goes.
void leave_out_who_cannot_serve(RunPlan& plan, std::vector<Subject>& known) {
  const auto where = fmt::format("study '{}': ", plan.study->name);
  for (const auto& name : plan.study->subjects) {
    const auto& subject = known_subject(known, name, where);
    const auto serves = [&](const Scenario& scenario) { return subject.offers(scenario.service); };
    if (std::none_of(plan.scenarios.begin(), plan.scenarios.end(), serves)) continue;
    for (auto& scenario : plan.scenarios) {
      if (!serves(scenario)) std::erase(scenario.subjects, name);
    }
  }
  std::erase_if(plan.scenarios, [&](const Scenario& scenario) {
    if (scenario.subjects.empty()) {
      plan.notices.push_back(
          fmt::format("{} is left out: nobody here serves {}", scenario.name, scenario.service));
    }
    return scenario.subjects.empty();
  });
}

void choose_study(RunPlan& plan, const std::string& target, const fs::path& home,
                  std::vector<Subject>& known) {
  plan.study = find_study(target, home / "harness/studies");
  plan.name = plan.study->name;
  plan.repeats = plan.study->repeats;
  plan.scenarios = scenarios_of(*plan.study, read_scenarios(home / "harness/scenarios"));
  add_peers(plan, known);
  leave_out_who_cannot_serve(plan, known);
}

// The study's own are enough (see parse_study); what a user asks for is up to them, but they are told.
void tell_too_few_repeats(RunPlan& plan) {
  const auto least = results::fewest_deciding_repeats(1);
  if (!plan.study || static_cast<std::size_t>(plan.repeats) >= least) return;
  plan.notices.push_back(fmt::format(
      "--repeats {}: too few for an interval of 95 %, so no number will decide a claim; it takes {} or more",
      plan.repeats, least));
}

// Of the models that were asked for, those that can do the scenario's service. In a suite the others are left
// out; where the scenario itself was asked for, that is a contradiction.
void choose_models(RunPlan& plan, const std::vector<std::string>& models, std::vector<Subject>& known) {
  for (const auto& model : models) {
    const auto& subject = known_subject(known, model, "--models: ");
    std::vector<std::string> lacking;
    for (const auto& scenario : plan.scenarios) {
      if (!subject.offers(scenario.service)) lacking.push_back(scenario.name);
    }
    if (lacking.empty()) continue;
    const bool several_services = plan.suite || plan.study;
    if (!several_services || lacking.size() == plan.scenarios.size()) {
      throw InputError(
          fmt::format("--models: '{}' serves only {}, and cannot be asked to run {}; leave one of them out",
                      model, fmt::join(subject.services, ", "), fmt::join(lacking, ", ")));
    }
    plan.notices.push_back(fmt::format("{} serves only {}: not scheduled in {}", model,
                                       fmt::join(subject.services, ", "), fmt::join(lacking, ", ")));
  }
  for (auto& scenario : plan.scenarios) {
    scenario.subjects.clear();
    for (const auto& model : models) {
      if (known_subject(known, model, "").offers(scenario.service)) scenario.subjects.push_back(model);
    }
  }
  std::erase_if(plan.scenarios, [](const Scenario& scenario) { return scenario.subjects.empty(); });
}

// Who cannot do what a scenario asks for beside the load has no trials there, and a place in its tables.
void leave_out_whom_it_does_not_concern(RunPlan& plan, std::vector<Subject>& known) {
  for (auto& scenario : plan.scenarios) {
    for (const auto& name : scenario.subjects) {
      if (const auto why = why_not(known_subject(known, name, ""), scenario))
        scenario.not_applicable[name] = *why;
    }
    for (const auto& [name, why] : scenario.not_applicable) {
      std::erase(scenario.subjects, name);
      plan.notices.push_back(fmt::format("{} does not take part in {}: {}", name, scenario.name, why));
    }
    if (scenario.subjects.empty() && plan.scenarios.size() == 1)
      throw InputError(fmt::format("nobody can take part in {}: {}", scenario.name, plan.notices.back()));
  }
}

void check_load(const Scenario& scenario) try {
  load::parse_load_template(scenario.load);
} catch (const load::PlanError& error) {
  throw InputError(fmt::format("--duration, --warmup: {} cannot be run so: {}", scenario.name, error.what()));
}

void check_fault(const Scenario& scenario) {
  const auto fault = scenario.conditions.fault_plan();
  const double window_s = scenario.load.at("stop").value("duration_s", 0.0);
  if (!fault || fault->at_s + fault->for_s < window_s) return;
  throw InputError(
      fmt::format("--duration {}: the fault of {} (\"{}\") is over {} s into the window; give more than that",
                  window_s, scenario.name, word_for(fault->kind), fault->at_s + fault->for_s));
}

// What is measured by number of messages has no length to set.
void set_times(RunPlan& plan, const RunRequest& request) {
  if (!request.duration_s && !request.warmup_s) return;
  std::vector<std::string> by_count;
  for (auto& scenario : plan.scenarios) {
    if (!scenario.runs_by_time()) {
      by_count.push_back(scenario.name);
      continue;
    }
    scenario.run_for(request.duration_s, request.warmup_s);
    check_load(scenario);
    check_fault(scenario);
  }
  if (by_count.empty()) return;
  const auto why =
      fmt::format("{} by a number of messages: --duration and --warmup have no say there",
                  fmt::format("{} {}", fmt::join(by_count, ", "), by_count.size() > 1 ? "end" : "ends"));
  if (by_count.size() == plan.scenarios.size()) throw InputError(why);
  plan.notices.push_back(why);
}

void check_server_address(const std::string& text) {
  const os::SocketAddress address(text, 0);
  const os::Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) os::throw_errno("socket");
  if (::bind(socket.get(), address.get(), address.size()) == 0) return;
  throw InputError(
      fmt::format("--server-address {}: no server can listen there ({}); give an address of this machine",
                  text, std::generic_category().message(errno)));
}

void check_load_hosts(const RunPlan& plan, const RunRequest& request) {
  const auto& hosts = request.load_hosts;
  if (!hosts.any()) return;
  if (!request.server_host.any()) check_server_address(request.server_address);
  if (const auto why = why_no_load_hosts(program_folder()); !why.empty())
    throw InputError("--load-hosts: " + why);
  for (const auto& scenario : plan.scenarios) {
    if (scenario.conditions.network_conditions())
      throw InputError(
          fmt::format("--load-hosts: {} has a network of its own; leave one of them out", scenario.name));
    if (const auto why = why_not_from_hosts(scenario.load, hosts); !why.empty())
      throw InputError(fmt::format("--load-hosts: {} cannot be dealt out: {}", scenario.name, why));
  }
}

// What is done to a network or to a process is done on this machine.
void check_server_host(RunPlan& plan, const RunRequest& request) {
  const auto& host = request.server_host;
  if (!host.any()) return;
  for (const auto& scenario : plan.scenarios) {
    const auto& conditions = scenario.conditions;
    if (!conditions.network.is_null())
      throw InputError(
          fmt::format("--server-host: {} has a network of its own, on one machine; leave one of them out",
                      scenario.name));
    if (!conditions.fault.is_null() || conditions.keeps_journal())
      throw InputError(
          fmt::format("--server-host: {} has a fault or a journal, which takes servers on this machine; "
                      "leave one of them out",
                      scenario.name));
  }
  plan.notices.push_back(fmt::format("servers run on {}, reached at {}{}", host.name, request.server_address,
                                     request.count_syscalls ? "; their system calls are not counted" : ""));
}

void collect_subjects(RunPlan& plan, const std::vector<Subject>& known) {
  for (const auto& subject : known) {
    const auto runs_it = [&](const Scenario& scenario) {
      return std::find(scenario.subjects.begin(), scenario.subjects.end(), subject.name) !=
             scenario.subjects.end();
    };
    if (std::any_of(plan.scenarios.begin(), plan.scenarios.end(), runs_it)) plan.subjects.push_back(subject);
  }
}

// A run that goes on keeps to what was there when it began: the order of its trials depends on it.
std::optional<std::string> why_untried(const Subject& subject, const RunRequest& request) {
  if (request.server_host.any()) return std::nullopt;  // what is missing is missing there
  const auto why = why_missing(subject);
  if (!request.missing) return why;
  const auto& then = *request.missing;
  if (std::find(then.begin(), then.end(), subject.name) != then.end())
    return why.value_or("was not installed when the run began");
  if (why) throw InputError(fmt::format("{}: {}; the run was begun with it", subject.name, *why));
  return std::nullopt;
}

// What is not installed is one failed record in each of its scenarios, and not scheduled.
void make_slots(RunPlan& plan, const RunRequest& request) {
  std::vector<ScheduledScenario> scheduled;
  for (const auto& scenario : plan.scenarios) {
    scheduled.push_back({scenario.name, {}});
    for (const auto& name : scenario.subjects) {
      if (const auto why = why_untried(plan.subject(name), request)) {
        plan.untried.emplace_back(Slot{scenario.name, name, 0}, *why);
      } else {
        scheduled.back().subjects.push_back(name);
      }
    }
  }
  plan.slots = schedule(scheduled, plan.repeats, request.seed, request.order);
}

}  // namespace

std::vector<std::string> RunPlan::missing() const {
  std::vector<std::string> names;
  for (const auto& [slot, why] : untried) {
    if (std::find(names.begin(), names.end(), slot.subject) == names.end()) names.push_back(slot.subject);
  }
  return names;
}

const Scenario& RunPlan::scenario(const std::string& called) const { return *find_named(scenarios, called); }

const Subject& RunPlan::subject(const std::string& called) const { return *find_named(subjects, called); }

RunPlan make_run_plan(const RunRequest& request, const fs::path& home, const fs::path& server) {
  auto known = known_subjects(server, home, request.subject_folders);
  RunPlan plan;
  if (request.study.empty()) {
    choose_scenarios(plan, request.targets.empty() ? std::vector<std::string>{"quick"} : request.targets,
                     home);
  } else {
    choose_study(plan, request.study, home, known);
  }
  for (auto& scenario : plan.scenarios) name_every_model(scenario, known);
  if (request.repeats) plan.repeats = *request.repeats;
  tell_too_few_repeats(plan);
  set_times(plan, request);
  if (request.models.empty()) {
    for (const auto& scenario : plan.scenarios) check_subjects(scenario, known);
  } else {
    choose_models(plan, request.models, known);
  }
  leave_out_whom_it_does_not_concern(plan, known);
  check_load_hosts(plan, request);
  check_server_host(plan, request);
  collect_subjects(plan, known);
  make_slots(plan, request);
  return plan;
}

}  // namespace threadmill::harness
