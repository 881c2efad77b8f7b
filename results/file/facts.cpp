#include "results/file/facts.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "results/file/json_access.h"

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

/// Our servers say on their ready line which options they run with; foreign programs do not.
bool is_our_server(const json& trial) { return find_at(trial, "/server/ready/model") != nullptr; }

using SubjectsOfValue = std::map<std::string, std::set<std::string>>;

/// "immediate: epoll, thread; tick: broker"
std::string values_with_subjects(const SubjectsOfValue& subjects_of_value) {
  std::string text;
  for (const auto& [value, subjects] : subjects_of_value)
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", value, fmt::join(subjects, ", "));
  return text;
}

/// One value where all our models had the same, otherwise each value with the subjects that had it.
std::string term_over_models(const std::vector<json>& trials, const char* key) {
  SubjectsOfValue subjects_of_value;
  std::set<std::string> ceilings_without;  // a ceiling keeps no limits, and so reports none
  for (const json& trial : trials) {
    if (!is_our_server(trial)) continue;
    const std::string term = server_term(trial, key);
    if (term.empty() && is_true_at(trial, "/server/ready/ceiling")) {
      ceilings_without.insert(text_at(trial, "/subject"));
    } else {
      subjects_of_value[term.empty() ? "not reported" : term].insert(text_at(trial, "/subject"));
    }
  }
  const std::string exception =
      ceilings_without.empty() ? ""
                               : fmt::format("{}, the ceiling, has none", fmt::join(ceilings_without, ", "));
  if (subjects_of_value.empty()) return exception.empty() ? "none of our models ran" : exception;
  const std::string ending = exception.empty() ? "" : " (" + exception + ")";
  if (subjects_of_value.size() == 1) return subjects_of_value.begin()->first + ending;
  return "differs: " + values_with_subjects(subjects_of_value) + ending;
}

/// The same of an option that only some models have; "" where none of them ran.
std::string term_where_told(const std::vector<json>& trials, const char* key) {
  SubjectsOfValue subjects_of_value;
  for (const json& trial : trials) {
    if (const std::string term = server_term(trial, key); !term.empty())
      subjects_of_value[term].insert(text_at(trial, "/subject"));
  }
  return values_with_subjects(subjects_of_value);
}

/// Whether a server was slowed on purpose (a build with THREADMILL_BURN).
bool any_burns(const std::vector<json>& trials) {
  return std::any_of(trials.begin(), trials.end(), [](const json& trial) {
    return number_at(trial, "/server/ready/burn_ns").value_or(0) > 0;
  });
}

/// Of our models: one program, or each with the subjects that ran from it.
std::string programs(const std::vector<json>& trials) {
  std::map<std::string, std::set<std::string>> subjects_of_program;
  for (const json& trial : trials) {
    const std::string program = text_at(trial, "/server/command/0");
    if (is_our_server(trial) && !program.empty())
      subjects_of_program[program].insert(text_at(trial, "/subject"));
  }
  if (subjects_of_program.empty()) return "none of our models ran";
  if (subjects_of_program.size() == 1)
    return "one binary holds every model: same compiler, flags and libraries";
  std::string text;
  for (const auto& [program, subjects] : subjects_of_program)
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", program, fmt::join(subjects, ", "));
  return "differs, and so may compiler, flags and libraries: " + text;
}

bool runs_our_program(const json& trial) {
  const std::string program = text_at(trial, "/server/command/0");
  return program.substr(program.find_last_of('/') + 1) == "threadmill-server";
}

std::string foreign_subjects(const std::vector<json>& trials) {
  std::set<std::string> names;
  for (const json& trial : trials) {
    if (find_at(trial, "/server/command/0") != nullptr && !runs_our_program(trial)) {
      names.insert(text_at(trial, "/subject"));
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// "p50 +3 us, p99 +9 us (of 500 us at 4000 requests/s)"
std::string instrument_error(const json& header) {
  const json* rows = find_at(header, "/selftest/truth/0/response_time");
  if (rows == nullptr || !rows->is_array()) return "not measured";
  std::string text;
  for (const json& row : *rows) {
    const auto percentile = number_at(row, "/percentile"), error_ns = number_at(row, "/error_ns");
    if (percentile && error_ns) {
      text += fmt::format("{}p{:g} {:+.0f} us", text.empty() ? "" : ", ", *percentile, *error_ns / 1e3);
    }
  }
  return text + fmt::format(" against the kernel's timestamps (answers after {}, {:g} requests/s)",
                            text_at(header, "/selftest/truth/0/service"),
                            number_at(header, "/selftest/truth/0/rate_per_s").value_or(0));
}

/// Why the run's own self-test of the load generator says nothing; "" where it does, or was not made.
std::string selftest_failure(const json& header) {
  const json* failure = find_at(header, "/selftest/failure");
  return failure == nullptr ? std::string() : to_text(*failure);
}

/// The run's own self-test of the load generator.
void add_instrument_facts(const json& header, std::vector<Fact>& facts) {
  if (const auto failure = selftest_failure(header); !failure.empty())
    facts.push_back({"Load generator: error of response time", "not measured: " + failure});
  if (find_at(header, "/selftest/truth") == nullptr) return;
  facts.push_back({"Load generator: error of response time", instrument_error(header)});
  if (const auto ceiling = number_at(header, "/selftest/ceiling/0/one_cpu_requests_per_s")) {
    facts.push_back({"Load generator: ceiling of one CPU",
                     fmt::format("{:.0f} requests/s, one in flight on each of 100 connections", *ceiling)});
  }
  if (const auto least_ns = number_at(header, "/selftest/resolution/service_time/0/reported_ns")) {
    facts.push_back(
        {"Load generator: smallest latency", fmt::format("{:.1f} us at the median", *least_ns / 1e3)});
  }
  if (const auto bytes_per_s = number_at(header, "/selftest/loopback/bytes_per_s")) {
    facts.push_back(
        {"Loopback: one connection copies",
         fmt::format("{:.2f} GB/s in pieces of {:.0f} KiB, the kernel's part alone", *bytes_per_s / 1e9,
                     number_at(header, "/selftest/loopback/piece_bytes").value_or(0) / 1024)});
  }
}

/// What made the networks of trials that had one; "" where all were on the loopback.
std::string network_makers(const std::vector<json>& trials) {
  static constexpr std::pair<const char*, const char*> makers[] = {
      {"netem", "the kernel's netem"},
      {"relay", "a relay of threadmill in user space, on the generator's CPUs (this kernel has no netem)"},
      {"nothing", "two namespaces alone"}};
  std::string text;
  for (const auto& [by, words] : makers) {
    const auto is_by = [by = by](const json& trial) { return text_at(trial, "/network/by") == by; };
    if (std::any_of(trials.begin(), trials.end(), is_by))
      text += (text.empty() ? "" : "; ") + std::string(words);
  }
  return text;
}

}  // namespace

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

std::string server_host(const json& header) {
  const std::string name = text_at(header, "/run/server_host/name");
  if (name.empty()) return {};
  const auto of_host = [&](const char* key) {
    const json* value = find_at(header, (std::string("/run/server_host/environment/") + key).c_str());
    return value == nullptr ? std::string("not recorded") : to_text(*value);
  };
  return fmt::format("{}: {}, {} CPUs, {}", name, of_host("cpu_model"), of_host("cpus_online"),
                     of_host("kernel"));
}

std::vector<Fact> environment_facts(const json& header) {
  static constexpr std::pair<const char*, const char*> shown[] = {
      {"CPU", "cpu_model"},
      {"CPUs online", "cpus_online"},
      {"Memory", "memory_bytes"},
      {"Kernel", "kernel"},
      {"System", "os"},
      {"Virtualised", "virtualised"},
      {"Hypervisor", "hypervisor"},
      {"CPU governor", "governor"},
      {"Clock source", "clock_source"},
      {"Compiler", "compiler"},
      {"Compiler flags", "compiler_flags"},
      {"Build type", "build_type"},
      {"Libraries", "libraries"},
      {"somaxconn", "somaxconn"},
      {"Open files limit", "nofile_hard"},
      {"Mitigations", "mitigations"},
  };
  std::vector<Fact> facts;
  if (const auto host = server_host(header); !host.empty())
    facts.push_back(
        {"Servers on",
         host + "; what else used CPUs is told of it. Below: the machine that the run was started on"});
  for (const auto& [name, key] : shown) facts.push_back({name, environment_text(header, key)});
  const json* versions = find_at(header, "/run/subject_versions");
  if (versions != nullptr && versions->is_object()) {
    for (const auto& [name, version] : versions->items())
      facts.push_back({"Version of " + name, to_text(version)});
  }
  add_instrument_facts(header, facts);
  return facts;
}

std::string instrument_problem(const json& header) {
  if (const auto failure = selftest_failure(header); !failure.empty())
    return fmt::format("it failed, and nobody can say how far off they are: {}", failure);
  const json* rows = find_at(header, "/selftest/truth/0/response_time");
  if (rows == nullptr || !rows->is_array()) return {};
  for (const json& row : *rows) {
    const json* agrees = find_at(row, "/agrees");
    const auto true_ns = number_at(row, "/true_ns"), error_ns = number_at(row, "/error_ns");
    const bool off = agrees != nullptr && agrees->is_boolean() && !agrees->get<bool>();
    if (off && true_ns && error_ns && number_at(row, "/percentile") == 50.0)
      return fmt::format("its p50 was {:+.0f} us off a true {:.0f} us", *error_ns / 1e3, *true_ns / 1e3);
  }
  return {};
}

std::vector<Fact> fairness_facts(const json& header, const std::vector<json>& trials) {
  const std::string host = text_at(header, "/run/server_host/name");
  std::vector<Fact> facts{
      {"Program", programs(trials)},
      {"Compiler flags",
       environment_text(header, "compiler") + " " + environment_text(header, "compiler_flags")},
      {"CPUs of the servers",
       cpu_list(header, "/run/server_cpus") + (host.empty() ? "" : " of the host " + host)},
      {"CPUs of the load generator", cpu_list(header, "/run/generator_cpus")},
      {"TCP_NODELAY", term_over_models(trials, "tcp_nodelay")},
      {"Listen backlog", term_over_models(trials, "backlog") +
                             " (the kernel's somaxconn: " + environment_text(header, "somaxconn") + ")"},
      {"Kernel socket buffers", "sized by the kernel, the same for every model"},
      {"Read buffer, bytes", term_over_models(trials, "read_buffer_bytes")},
      {"Most connections", term_over_models(trials, "max_connections")},
      {"Longest message, bytes", term_over_models(trials, "max_message_bytes")},
      {"Outbox of a connection, bytes", term_over_models(trials, "outbox_bytes")},
      {"Slow consumers", term_over_models(trials, "slow_consumer")},
      {"Flush", term_over_models(trials, "flush")},
      {"Order of trials", text_at(header, "/run/order")},
  };
  static constexpr std::pair<const char*, const char*> of_some[] = {{"Ways to distribute", "distribute"},
                                                                    {"Event loops", "loops"},
                                                                    {"Clients come to loops by", "shard"},
                                                                    {"CPU time on purpose", "work"},
                                                                    {"Fault on purpose", "fault"}};
  for (const auto& [name, key] : of_some) {
    if (const std::string text = term_where_told(trials, key); !text.empty()) facts.push_back({name, text});
  }
  if (const auto hosts = texts_at(header, "/run/load_hosts"); !hosts.empty()) {
    facts.push_back(
        {"Load from", fmt::format("{}: hosts with the number of processes on each, which keep to no "
                                  "CPUs; the load generator's CPUs above are those of the checks",
                                  fmt::join(hosts, ", "))});
  }
  if (any_burns(trials))
    facts.push_back({"Slowed on purpose, ns a batch", term_over_models(trials, "burn_ns")});
  if (const std::string makers = network_makers(trials); !makers.empty())
    facts.push_back({"Networks are made by", makers});
  const std::string foreign = foreign_subjects(trials);
  if (!foreign.empty()) {
    facts.push_back(
        {"Foreign programs", foreign + ": on the same CPUs, with settings of their own (the command is in "
                                       "every trial of the result file)"});
  }
  return facts;
}

std::string server_term(const json& trial, const char* key) {
  const json* ready = find_at(trial, "/server/ready");
  if (ready == nullptr || !ready->is_object() || !ready->contains(key)) return {};
  const json& value = ready->at(key);
  if (value.is_boolean()) return value.get<bool>() ? "on" : "off";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool shares_cpus(const json& header) {
  if (!server_host(header).empty()) return false;  // the same numbers are of two machines
  const json *server = find_at(header, "/run/server_cpus"),
             *generator = find_at(header, "/run/generator_cpus");
  if (server == nullptr || generator == nullptr || !server->is_array() || !generator->is_array())
    return false;
  return std::any_of(server->begin(), server->end(), [&](const json& cpu) {
    return std::find(generator->begin(), generator->end(), cpu) != generator->end();
  });
}

std::size_t server_cpu_count(const json& header) {
  const json* cpus = find_at(header, "/run/server_cpus");
  if (cpus != nullptr && cpus->is_array() && !cpus->empty()) return cpus->size();
  constexpr std::int64_t most_cpus = 1 << 20;
  return static_cast<std::size_t>(integer_at(header, "/environment/cpus_online", 0, most_cpus).value_or(0));
}

}  // namespace threadmill::results
