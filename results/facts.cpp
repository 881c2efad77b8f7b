#include "results/facts.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "results/json_access.h"
#include "servers/options.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

/// Text as it is, everything else as compact JSON; null is "not known".
std::string to_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? "not known" : value.dump();
}

std::string key_value_list(const json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", key, to_text(value));
  }
  return text;
}

std::string environment_text(const json& header, const std::string& key) {
  const json* value = find_at(header, ("/environment/" + key).c_str());
  if (value == nullptr) return "not recorded";
  if (value->is_object()) return key_value_list(*value);
  if (value->is_boolean()) return value->get<bool>() ? "yes" : "no";
  if (key == "memory_bytes" && value->is_number()) {
    return fmt::format("{:.1f} GiB", value->get<double>() / (1024.0 * 1024 * 1024));
  }
  return to_text(*value);
}

std::string cpu_list(const json& header, const char* pointer) {
  const json* cpus = find_at(header, pointer);
  if (cpus == nullptr || !cpus->is_array() || cpus->empty()) return "not pinned";
  std::string text;
  for (const json& cpu : *cpus) text += (text.empty() ? "" : ", ") + to_text(cpu);
  return text;
}

bool is_our_server(const json& trial) {
  const json* command = find_at(trial, "/server/command");
  if (command == nullptr || !command->is_array() || command->empty() || !command->front().is_string()) return false;
  const std::string program = command->front().get<std::string>();
  return program.substr(program.find_last_of('/') + 1) == "threadmill-server";
}

/// One value where all our models got the same, otherwise each value with the subjects that got it.
std::string option_over_models(const std::vector<json>& trials, const std::string& option,
                               const std::string& default_value) {
  std::map<std::string, std::set<std::string>> subjects_of_value;
  for (const json& trial : trials) {
    if (!is_our_server(trial)) continue;
    const std::string given = server_option(trial, option);
    subjects_of_value[given.empty() ? default_value : given].insert(text_at(trial, "/subject"));
  }
  if (subjects_of_value.empty()) return "none of our models ran";
  if (subjects_of_value.size() == 1) return subjects_of_value.begin()->first;
  std::string text;
  for (const auto& [value, subjects] : subjects_of_value) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : "; ", value, fmt::join(subjects, ", "));
  }
  return text + " - NOT the same for all";
}

std::string foreign_subjects(const std::vector<json>& trials) {
  std::set<std::string> names;
  for (const json& trial : trials) {
    const json* command = find_at(trial, "/server/command");
    if (command != nullptr && command->is_array() && !command->empty() && !is_our_server(trial)) {
      names.insert(text_at(trial, "/subject"));
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::vector<Fact> environment_facts(const json& header) {
  static constexpr std::pair<const char*, const char*> shown[] = {
      {"CPU", "cpu_model"},          {"CPUs online", "cpus_online"}, {"Memory", "memory_bytes"},
      {"Kernel", "kernel"},          {"System", "os"},               {"Virtualised", "virtualised"},
      {"Hypervisor", "hypervisor"},  {"CPU governor", "governor"},   {"Clock source", "clock_source"},
      {"Compiler", "compiler"},      {"Compiler flags", "compiler_flags"},
      {"Build type", "build_type"},  {"Libraries", "libraries"},     {"somaxconn", "somaxconn"},
      {"Open files limit", "nofile_hard"},                           {"Mitigations", "mitigations"},
  };
  std::vector<Fact> facts;
  for (const auto& [name, key] : shown) facts.push_back({name, environment_text(header, key)});
  return facts;
}

std::vector<Fact> fairness_facts(const json& header, const std::vector<json>& trials) {
  const servers::ServeOptions defaults;
  const auto by_default = [](auto value) { return fmt::format("{} (default)", value); };
  std::vector<Fact> facts{
      {"Program", "one binary serves every model: same compiler, flags and libraries"},
      {"Compiler flags", environment_text(header, "compiler") + " " + environment_text(header, "compiler_flags")},
      {"CPUs of the server", cpu_list(header, "/run/server_cpus")},
      {"CPUs of the load generator", cpu_list(header, "/run/generator_cpus")},
      {"TCP_NODELAY", "set on every connection, on both sides"},
      {"Socket buffers", "left to the kernel's automatic sizing, for every model"},
      {"Listen backlog", option_over_models(trials, "backlog", by_default(defaults.backlog)) +
                             ", capped by somaxconn " + environment_text(header, "somaxconn")},
      {"Most connections", option_over_models(trials, "max-connections", by_default(defaults.max_connections))},
      {"Longest message, bytes", option_over_models(trials, "max-message", by_default(defaults.max_message_bytes))},
      {"Outbox of a connection, bytes", option_over_models(trials, "outbox", by_default(defaults.outbox_bytes))},
      {"Slow consumers", option_over_models(trials, "slow-consumer", "disconnect (default)")},
      {"Flush", option_over_models(trials, "flush", "the model's default")},
      {"Order of trials", text_at(header, "/run/order")},
  };
  const std::string foreign = foreign_subjects(trials);
  if (!foreign.empty()) facts.push_back({"Foreign programs", foreign + ": with settings of their own, see the commands in the result file"});
  return facts;
}

std::string server_option(const json& trial, const std::string& name) {
  const json* command = find_at(trial, "/server/command");
  if (command == nullptr || !command->is_array()) return {};
  const std::string flag = "--" + name;
  for (std::size_t i = 0; i < command->size(); ++i) {
    if (!command->at(i).is_string()) continue;
    const std::string word = command->at(i).get<std::string>();
    if (word.rfind(flag + "=", 0) == 0) return word.substr(flag.size() + 1);
    if (word == flag && i + 1 < command->size() && command->at(i + 1).is_string()) return command->at(i + 1).get<std::string>();
  }
  return {};
}

std::size_t server_cpu_count(const json& header) {
  const json* cpus = find_at(header, "/run/server_cpus");
  if (cpus != nullptr && cpus->is_array() && !cpus->empty()) return cpus->size();
  return static_cast<std::size_t>(std::max(0.0, number_at(header, "/environment/cpus_online").value_or(0)));
}

}  // namespace threadmill::results
