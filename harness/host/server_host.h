#pragma once
// Another machine for the servers, and the command that reaches it.

#include <filesystem>
#include <string>
#include <vector>

namespace threadmill::harness {

/// None: servers run on this machine.
struct ServerHost {
  std::string name;   ///< as given
  std::string agent;  ///< the command that starts a program on another host, as ssh does; "": ssh

  bool any() const { return !name.empty(); }
};

/// Throws InputError, which names the option, for what is no name of a host. "" is none.
ServerHost parse_server_host(const std::string& name, const std::string& agent);

/// The words that run `threadmill host` there: those of the agent, which spaces separate, the host, and the
/// path of this `program`, which stands at the same place on every host. No shell is involved here; ssh hands
/// the words to one there, and so a path is quoted where a shell would take it apart.
std::vector<std::string> host_command(const ServerHost& host, const std::filesystem::path& program);

/// The address in digits at which the host is reached. Throws InputError, which names --server-address, where
/// its name does not tell.
std::string address_of_host(const ServerHost& host);

}  // namespace threadmill::harness
