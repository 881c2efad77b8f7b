#include "harness/runs/resume.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/errors.h"
#include "harness/trial/trial_network.h"
#include "results/file/environment_difference.h"
#include "results/file/json_access.h"
#include "results/trial/trial.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
using results::find_at;
using results::text_at;

Slot slot_of(const json& trial) {
  return {text_at(trial, "/scenario"), text_at(trial, "/subject"),
          static_cast<int>(results::integer_at(trial, "/repeat", 0, results::highest_repeat).value_or(-1))};
}

void require_unfinished_run(const results::ResultFile& file) {
  const auto name = file.path.string();
  const auto kind = text_at(file.header, "/run/kind");
  if (!kind.empty() && kind != "run" && kind != "study") {
    throw InputError(fmt::format(
        "--resume {}: it is of `threadmill {}`; only a run or a study can be gone on with", name, kind));
  }
  if (file.end_outcome == "complete") {
    throw InputError(
        fmt::format("--resume {}: it is complete, nothing is left to run; `threadmill report` "
                    "shows it",
                    name));
  }
}

// What decides about a trial. Titles and figures for comparison may be mended meanwhile.
void require_same_scenario(const Scenario& scenario, const json& kept, const std::string& file) {
  const auto now = scenario.to_json();
  for (const char* key : {"service", "subjects", "load", "server", "fault", "network"}) {
    if (kept.value(key, json()) == now.value(key, json())) continue;
    throw InputError(
        fmt::format("--resume {}: the scenario '{}' was begun with another {} than it has now; "
                    "restore the scenario, or start a new run",
                    file, scenario.name, key));
  }
}

void require_same_scenarios(const RunPlan& plan, const results::ResultFile& file) {
  const auto name = file.path.string();
  std::vector<std::string> then;
  std::vector<std::string> now;
  for (const auto& kept : file.scenarios) then.push_back(text_at(kept, "/name"));
  for (const auto& scenario : plan.scenarios) now.push_back(scenario.name);
  if (then != now) {
    throw InputError(
        fmt::format("--resume {}: it was begun with the scenarios {}, and would now run {}; "
                    "restore the suite, or start a new run",
                    name, fmt::join(then, ", "), fmt::join(now, ", ")));
  }
  for (std::size_t i = 0; i < file.scenarios.size(); ++i) {
    require_same_scenario(plan.scenarios[i], file.scenarios[i], name);
  }
}

// A port is chosen anew for each trial; everything else of a word has to be the same.
bool is_same_word(const std::string& kept, const std::string& word) {
  const std::string port = "{port}";
  const auto at = word.find(port);
  if (at == std::string::npos || kept == word) return kept == word;
  return kept.size() + port.size() > word.size() && kept.starts_with(word.substr(0, at)) &&
         kept.ends_with(word.substr(at + port.size()));
}

bool is_same_command(const json& kept, const Subject& subject, const Scenario& scenario,
                     const std::string& address) {
  auto words = command_to_keep(subject, subject.command);
  const auto more = scenario.conditions.words();
  words.insert(words.end(), more.begin(), more.end());
  const auto filled =
      fill_in(words, {{"address", server_address(scenario, address)}, {"service", scenario.service}});
  if (!kept.is_array() || kept.size() != words.size()) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    // What could not even be tried is kept with its placeholders.
    if (!kept[i].is_string() || (kept[i] != words[i] && !is_same_word(kept[i], filled[i]))) return false;
  }
  return true;
}

void require_same_command(const RunPlan& plan, const json& trial, const std::string& file,
                          const std::string& address) {
  const json* kept = find_at(trial, "/server/command");
  const auto& subject = plan.subject(text_at(trial, "/subject"));
  const auto& scenario = plan.scenario(text_at(trial, "/scenario"));
  if (kept == nullptr || is_same_command(*kept, subject, scenario, address)) return;
  throw InputError(
      fmt::format("--resume {}: '{}' was begun with the command {}, and is {} now; restore it, "
                  "or start a new run",
                  file, subject.name, kept->dump(), json(command_to_keep(subject, subject.command)).dump()));
}

bool is_planned(const RunPlan& plan, const Slot& slot) {
  const auto same = [&](const auto& untried) { return untried.first == slot; };
  return std::find(plan.slots.begin(), plan.slots.end(), slot) != plan.slots.end() ||
         std::any_of(plan.untried.begin(), plan.untried.end(), same);
}

}  // namespace

BegunRun open_begun_run(const fs::path& file) try {
  if (!fs::is_regular_file(file)) {
    throw InputError(
        fmt::format("--resume {}: no such file; give the .jsonl file of an interrupted run", file.string()));
  }
  results::ResultWriter writer(file);
  BegunRun begun{std::move(writer), results::read_result_file(file)};
  require_unfinished_run(begun.file);
  return begun;
} catch (const results::ResultError& error) {
  throw InputError(fmt::format("--resume {}", error.what()));
}

void require_same_run(const RunPlan& plan, const results::ResultFile& file,
                      const std::string& server_address) {
  require_same_scenarios(plan, file);
  for (const auto& trial : file.trials) {
    const auto slot = slot_of(trial);
    if (!is_planned(plan, slot)) {
      throw InputError(
          fmt::format("--resume {}: it has a trial ({} {} repeat {}) that this run would not "
                      "make; start a new run",
                      file.path.string(), slot.scenario, slot.subject, slot.repeat + 1));
    }
    require_same_command(plan, trial, file.path.string(), server_address);
  }
}

RunPlan left_to_do(RunPlan plan, const results::ResultFile& file) {
  std::vector<Slot> done;
  for (const auto& trial : file.trials) done.push_back(slot_of(trial));
  const auto is_done = [&](const Slot& slot) {
    return std::find(done.begin(), done.end(), slot) != done.end();
  };
  std::erase_if(plan.slots, is_done);
  std::erase_if(plan.untried, [&](const auto& untried) { return is_done(untried.first); });
  return plan;
}

std::vector<std::string> differences(const json& then, const json& now) {
  results::ResultFile before, after;
  before.header = then;
  after.header = now;
  std::vector<std::string> sentences;
  for (const auto& difference : results::environment_differences(before, after)) {
    sentences.push_back(
        fmt::format("{}: {} then, {} now", difference.name, difference.first, difference.second));
  }
  return sentences;
}

}  // namespace threadmill::harness
