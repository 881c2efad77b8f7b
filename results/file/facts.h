#pragma once
// What a reader must know about a run besides its numbers: the machine, and the terms that every server had.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace threadmill::results {

struct Fact {
  std::string name;
  std::string value;
};

/// One of the header's facts about the machine ("kernel", "governor", ...) as text; "not recorded" or "not
/// known" where it is missing.
std::string environment_text(const nlohmann::json& header, const std::string& key);

/// CPUs at a JSON pointer of the header ("/run/server_cpus"): "0, 1", or "not pinned".
std::string cpu_list(const nlohmann::json& header, const char* pointer);

/// "b: CPU model, 8 CPUs, Linux 6.1": the other machine that the servers ran on; "" where they ran on that of
/// the environment.
std::string server_host(const nlohmann::json& header);

/// The machine and the build, from a result file's header.
std::vector<Fact> environment_facts(const nlohmann::json& header);

/// How far the load generator's own self-test of the run was off at the median, where that is more than the
/// self-test allows (loadgen/reference/comparison), or why it failed; "" where it agrees, or was not made.
std::string instrument_problem(const nlohmann::json& header);

/// The terms of the comparison: compiler flags, CPU sets and the options that the servers were started with.
std::vector<Fact> fairness_facts(const nlohmann::json& header, const std::vector<nlohmann::json>& trials);

/// One of the options that a server of ours reported on its ready line ("flush", "backlog", ...), or "".
std::string server_term(const nlohmann::json& trial, const char* key);

/// How many CPUs the server was given; all of the machine's where it was not pinned, 0 where that is not
/// known.
std::size_t server_cpu_count(const nlohmann::json& header);

/// Whether server and load generator were given CPUs in common.
bool shares_cpus(const nlohmann::json& header);

}  // namespace threadmill::results
