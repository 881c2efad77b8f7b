#include "harness/trial/load_hosts.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/errors.h"
#include "harness/host/host_name.h"
#include "harness/locations.h"
#include "loadgen/plan.h"
#include "loadgen/ranks/rank_plan.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostProcesses = 1024;
constexpr const char* kLoader = "threadmill-load-mpi";

LoadHosts::Host parse_host(std::string_view text) {
  LoadHosts::Host host;
  const auto colon = text.find(':');
  host.name = text.substr(0, colon);
  bool is_number = true;
  if (colon != std::string_view::npos) {
    const auto number = text.substr(colon + 1);
    const auto end = number.data() + number.size();
    is_number = std::from_chars(number.data(), end, host.processes).ptr == end && !number.empty();
  }
  if (is_host_name(host.name) && is_number && host.processes >= 1 && host.processes <= kMostProcesses)
    return host;
  throw InputError(fmt::format(
      "--load-hosts: '{}' is no host; give names as a,b, or a,b:2 for two processes on b (at most {})",
      std::string(text.substr(0, 100)), kMostProcesses));
}

}  // namespace

std::size_t LoadHosts::processes() const {
  std::size_t sum = 0;
  for (const auto& host : hosts) sum += host.processes;
  return sum;
}

std::vector<std::string> LoadHosts::names() const {
  std::vector<std::string> names;
  for (const auto& host : hosts) names.push_back(fmt::format("{}:{}", host.name, host.processes));
  return names;
}

LoadHosts parse_load_hosts(const std::string& text, const std::string& agent) {
  LoadHosts hosts;
  hosts.agent = agent;
  std::string_view rest = text;
  while (!text.empty()) {
    const auto comma = rest.find(',');
    hosts.hosts.push_back(parse_host(rest.substr(0, comma)));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (hosts.processes() > kMostProcesses)
    throw InputError(
        fmt::format("--load-hosts: {} processes; at most {}", hosts.processes(), kMostProcesses));
  return hosts;
}

std::string why_no_load_hosts(const fs::path& programs) {
  if (!is_installed("mpirun"))
    return "there is no mpirun here: install the Debian packages openmpi-bin and libopenmpi-dev, and build "
           "again";
  if (::access((programs / kLoader).c_str(), X_OK) != 0) {
    return fmt::format(
        "{} was not built: install the Debian package libopenmpi-dev and configure and build again",
        (programs / kLoader).string());
  }
  return {};
}

std::vector<std::string> load_command(const LoadHosts& hosts, const fs::path& programs) {
  std::vector<std::string> words = {"mpirun", "--host", fmt::format("{}", fmt::join(hosts.names(), ",")),
                                    "-np", std::to_string(hosts.processes()),
                                    // Where it may run is this process's word here, and nobody's elsewhere.
                                    "--bind-to", "none"};
  if (::geteuid() == 0) words.emplace_back("--allow-run-as-root");
  if (!hosts.agent.empty()) words.insert(words.end(), {"--mca", "plm_rsh_agent", hosts.agent});
  words.push_back((programs / kLoader).string());
  return words;
}

nlohmann::json plan_for_hosts(nlohmann::json plan, const nlohmann::json& load) {
  plan.erase("cpus");
  if (!load.contains("threads")) plan["threads"] = 1;
  return plan;
}

std::string why_not_from_hosts(const nlohmann::json& load, const LoadHosts& hosts) try {
  auto plan = plan_for_hosts(load, load);
  plan["target"] = {{"address", "127.0.0.1"}, {"port", 1}};  // any: it is not loaded
  load::plan_for_ranks(load::parse_plan(plan), hosts.processes());
  return {};
} catch (const load::PlanError& error) {
  return error.what();
}

}  // namespace threadmill::harness
