#include "results/file/environment_difference.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "results/file/facts.h"
#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using Differences = std::vector<EnvironmentDifference>;

struct Property {
  const char* key;  ///< in the header's "environment"
  const char* name;
  bool matters;
  const char* why;
};

constexpr Property properties[] = {
    {"cpu_model", "CPU model", true, "another processor does other work in the same time"},
    {"cpus_online", "CPUs online", true,
     "the kernel and other programs have more or less room beside the servers"},
    {"kernel", "kernel", true, "system calls and scheduling are most of what these servers do"},
    {"governor", "CPU frequency governor", true, "it decides how fast the CPUs run"},
    {"virtualised", "virtualised", true, "a hypervisor takes CPU time and delays wake-ups"},
    {"hypervisor", "hypervisor", true, "a hypervisor takes CPU time and delays wake-ups"},
    {"clock_source", "clock source", true, "reading the time costs more with some"},
    {"compiler", "compiler", true, "it made the servers and the load generator"},
    {"compiler_flags", "compiler flags", true, "they made the servers and the load generator"},
    {"build_type", "build type", true, "it made the servers and the load generator"},
    {"somaxconn", "somaxconn", true, "it cuts the listen backlog, which storms of connections fill"},
    {"nofile_hard", "limit of descriptors", false, "a run that starts has enough of them"},
    {"memory_bytes", "memory", false, "a load that memory cannot carry is refused"},
    {"os", "operating system", false, "the kernel is told apart"},
    {"libraries", "libraries", false, "little of a request's work is done in them"},
};

void add_if_different(Differences& differences, std::string name, const std::string& first,
                      const std::string& second, bool matters, const char* why) {
  if (first != second) differences.push_back({std::move(name), first, second, matters, why});
}

void compare_properties(Differences& differences, const json& first, const json& second) {
  for (const Property& property : properties) {
    add_if_different(differences, property.name, environment_text(first, property.key),
                     environment_text(second, property.key), property.matters, property.why);
  }
}

/// What the header has under a pointer: texts by key.
std::map<std::string, std::string> texts_by_key(const json& header, const char* pointer) {
  std::map<std::string, std::string> texts;
  const json* object = find_at(header, pointer);
  if (object == nullptr || !object->is_object()) return texts;
  for (const auto& [key, value] : object->items())
    texts[key] = value.is_string() ? value.get<std::string>() : value.dump();
  return texts;
}

/// Only what both files tell: a newer kernel or program tells of more.
std::vector<std::string> keys_in_both(const std::map<std::string, std::string>& first,
                                      const std::map<std::string, std::string>& second) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : first)
    if (second.contains(key)) keys.push_back(key);
  return keys;
}

/// Each entry of an object is a difference of its own.
void compare_entries(Differences& differences, const json& first_header, const json& second_header,
                     const char* pointer, const char* what, const char* why) {
  const auto first = texts_by_key(first_header, pointer), second = texts_by_key(second_header, pointer);
  for (const std::string& key : keys_in_both(first, second)) {
    add_if_different(differences, fmt::format("{} {}", what, key), first.at(key), second.at(key), true, why);
  }
}

std::string commit_of(const json& header) {
  const std::string commit = text_at(header, "/tool/git_commit");
  if (commit.empty()) return "not known";
  const json* dirty = find_at(header, "/tool/git_dirty");
  const bool changed = dirty != nullptr && dirty->is_boolean() && dirty->get<bool>();
  return commit.substr(0, 12) + (changed ? " with uncommitted changes" : "");
}

void compare_tools(Differences& differences, const json& first, const json& second) {
  add_if_different(differences, "version of threadmill", text_at(first, "/tool/version"),
                   text_at(second, "/tool/version"), true, "another version may measure in another way");
  add_if_different(differences, "commit of threadmill", commit_of(first), commit_of(second), false,
                   "it is what is compared, unless the load generator changed too");
}

void compare_cpu_sets(Differences& differences, const json& first, const json& second) {
  add_if_different(differences, "CPUs of the servers", cpu_list(first, "/run/server_cpus"),
                   cpu_list(second, "/run/server_cpus"), true, "servers had more or other CPUs");
  add_if_different(differences, "CPUs of the load generator", cpu_list(first, "/run/generator_cpus"),
                   cpu_list(second, "/run/generator_cpus"), true,
                   "the load generator had more or other CPUs");
  const auto hosts = [](const json& header) {
    const auto names = texts_at(header, "/run/load_hosts");
    return names.empty() ? std::string("the servers' machine") : fmt::format("{}", fmt::join(names, ", "));
  };
  add_if_different(differences, "hosts that the load came from", hosts(first), hosts(second), true,
                   "another network lay between");
  const auto server_machine = [](const json& header) {
    const auto host = server_host(header);
    return host.empty() ? std::string("that of the run") : host;
  };
  add_if_different(differences, "machine of the servers", server_machine(first), server_machine(second), true,
                   "servers ran elsewhere, behind another network");
}

/// The options that each server of ours told on its ready line, of its first trial that has them. The commit
/// that it was built from is no option: it is what is compared.
std::map<std::string, std::map<std::string, std::string>> options_by_subject(
    const std::vector<json>& trials) {
  static const std::set<std::string> not_options{"address", "commit", "dirty",  "model",
                                                 "pid",     "port",   "service"};
  std::map<std::string, std::map<std::string, std::string>> options;
  for (const json& trial : trials) {
    auto& of_subject = options[text_at(trial, "/subject")];
    if (!of_subject.empty()) continue;
    for (const auto& [key, value] : texts_by_key(trial, "/server/ready"))
      if (!not_options.contains(key)) of_subject[key] = value;
  }
  return options;
}

void compare_options(Differences& differences, const std::vector<json>& first_trials,
                     const std::vector<json>& second_trials) {
  const auto first = options_by_subject(first_trials), second = options_by_subject(second_trials);
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<std::string>> subjects_of;
  for (const auto& [subject, options] : first) {
    const auto other = second.find(subject);
    if (other == second.end()) continue;
    for (const std::string& key : keys_in_both(options, other->second)) {
      const auto here = options.at(key), there = other->second.at(key);
      if (here != there) subjects_of[{key, here, there}].push_back(subject);
    }
  }
  for (const auto& [what, subjects] : subjects_of) {
    const auto& [key, here, there] = what;
    add_if_different(differences, fmt::format("server option {} ({})", key, fmt::join(subjects, ", ")), here,
                     there, true, "servers did their work on other terms");
  }
}

}  // namespace

Differences environment_differences(const ResultFile& first, const ResultFile& second) {
  Differences differences;
  compare_properties(differences, first.header, second.header);
  compare_entries(differences, first.header, second.header, "/environment/mitigations", "mitigation",
                  "mitigations make system calls and context switches dearer");
  compare_entries(differences, first.header, second.header, "/run/subject_versions", "version of",
                  "it is another program");
  compare_cpu_sets(differences, first.header, second.header);
  compare_options(differences, first.trials, second.trials);
  compare_tools(differences, first.header, second.header);
  std::stable_partition(differences.begin(), differences.end(),
                        [](const EnvironmentDifference& difference) { return difference.matters; });
  return differences;
}

}  // namespace threadmill::results
