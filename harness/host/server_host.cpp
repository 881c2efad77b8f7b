#include "harness/host/server_host.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <memory>
#include <sstream>
#include <string_view>

#include "harness/errors.h"
#include "harness/host/host_name.h"

namespace threadmill::harness {
namespace {

// Nobody is there to type a password.
constexpr const char* kDefaultAgent = "ssh -o BatchMode=yes";

std::vector<std::string> words_of_agent(const std::string& agent) {
  std::istringstream in(agent);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// As one word of a shell.
std::string shell_word(const std::string& text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=:,@";
  if (text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

ServerHost parse_server_host(const std::string& name, const std::string& agent) {
  if (!agent.empty() && words_of_agent(agent).empty())
    throw InputError("--rsh: '' is no command; give one that takes a host and words, as ssh does");
  if (name.empty() || is_host_name(name)) return {name, agent};
  throw InputError(
      fmt::format("--server-host: '{}' is no host; give one name or address, as b or 192.0.2.7 (ports and "
                  "users belong into ~/.ssh/config, or into --rsh)",
                  name.substr(0, 100)));
}

std::vector<std::string> host_command(const ServerHost& host, const std::filesystem::path& program) {
  auto words = words_of_agent(host.agent.empty() ? kDefaultAgent : host.agent);
  words.insert(words.end(), {host.name, shell_word(program.string()), "host"});
  return words;
}

std::string address_of_host(const ServerHost& host) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.name.c_str(), nullptr, &hints, &found);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  if (error != 0 || found == nullptr) {
    throw InputError(
        fmt::format("--server-host {}: no address is known for it ({}); give --server-address ADDRESS, at "
                    "which this machine reaches it",
                    host.name, ::gai_strerror(error)));
  }
  sockaddr_in address{};
  std::copy_n(reinterpret_cast<const char*>(found->ai_addr), sizeof address,
              reinterpret_cast<char*>(&address));
  std::array<char, INET_ADDRSTRLEN> digits{};
  ::inet_ntop(AF_INET, &address.sin_addr, digits.data(), digits.size());
  return digits.data();
}

}  // namespace threadmill::harness
