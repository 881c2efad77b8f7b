#pragma once
// Where the load comes from, when one machine cannot make it: processes on several hosts, started by mpirun.

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace threadmill::harness {

/// None: the load is made by threadmill-load, on this machine.
struct LoadHosts {
  struct Host {
    std::string name;
    std::size_t processes = 1;
  };
  std::vector<Host> hosts;
  std::string agent;  ///< the command that starts a program on another host, as ssh does; "": mpirun's own

  bool any() const { return !hosts.empty(); }
  std::size_t processes() const;
  /// "a:1", "b:2": as mpirun takes them.
  std::vector<std::string> names() const;
};

/// Of "a,b:2": names of hosts or their addresses, each with a number of processes if more than one. Throws
/// InputError, which names the option.
LoadHosts parse_load_hosts(const std::string& text, const std::string& agent);

/// Why it cannot be tried here: no mpirun, or threadmill-load-mpi was not built. "": it can.
std::string why_no_load_hosts(const std::filesystem::path& programs);

/// The words that run threadmill-load-mpi of the folder `programs`, which stands at the same place on every
/// host (mpirun(1) of Open MPI).
std::vector<std::string> load_command(const LoadHosts& hosts, const std::filesystem::path& programs);

/// What such processes make of a plan: its CPUs are this machine's, and go; its threads are those of each,
/// one where `load`, that of the scenario, does not say.
nlohmann::json plan_for_hosts(nlohmann::json plan, const nlohmann::json& load);

/// Why the load of a scenario cannot be dealt out to them: "": it can.
std::string why_not_from_hosts(const nlohmann::json& load, const LoadHosts& hosts);

}  // namespace threadmill::harness
