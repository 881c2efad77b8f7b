#pragma once
// The lines between a harness and `threadmill host`, which runs a trial's server for it on another machine.
//
// Each line is one JSON object. The host begins, with what it is:
//   {"threadmill_host": 2, "environment": {...}, "server_cpus": [0]}
// Then the harness asks, and the host answers each request before the next one:
//   {"do": "start", "order": {...}}      {"port": 4711}
//   {"do": "clock"}                      {"t_ns": n}, CLOCK_MONOTONIC there
//   {"do": "watch"}                      {}, the server is watched from here on
//   {"do": "gate", "gate": "warm"}       {}, once the host has looked at everything
//   {"do": "samples"}                    {"samples": {...}, "machine": {...}}, as in the result file
//   {"do": "settle"}                     {"cpu_ns": n}, or null
//   {"do": "state"}                      {"state": "; the server's process is stopped, as by SIGSTOP"}, or ""
//   {"do": "stop"}                       {}, and the host ends
// An answer is {"failed": {"stage": .., "reason": ..}} where the trial has failed of it. Each has "server",
// as in the result file, too. Unasked, once, when the server has ended by itself: {"exited": "the server
// ..."}. When the harness closes its end, the host ends the server and itself.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/trial/trial_server.h"
#include "os/cpu_set.h"

namespace threadmill::harness {

/// Of these lines; a harness and a host of different ones do not understand each other.
inline constexpr int kHostProtocol = 2;
/// The longest line that a host takes, in bytes.
inline constexpr std::size_t kLongestRequest = 1 << 20;

/// What the host is, as its first line has it.
struct HostFacts {
  nlohmann::json environment;  ///< as in a result file's header
  os::CpuSet server_cpus;      ///< that it gives to servers
};

/// As one line, without its end; what is no UTF-8, as the last words of a server may be, is replaced.
std::string line_of(const nlohmann::json& object);

std::string to_line(const HostFacts& facts);
/// Throws InputError, which goes on after the host's name: "answered with what is no line of ...".
HostFacts parse_host_facts(const std::string& line);

enum class HostAction { start, clock, watch, gate, samples, settle, state, stop };

struct HostRequest {
  HostAction action{};
  ServerOrder order;  ///< of start
  std::string gate;   ///< of gate
};

std::string to_line(const HostRequest& request);
/// Throws InputError, one line, for whatever is no request.
HostRequest parse_host_request(const std::string& line);

}  // namespace threadmill::harness
