#pragma once
// Whether this machine can carry a plan: asked before anything starts, because a run that runs short in the
// middle looks like a failure of the server.

#include <cstdint>
#include <optional>
#include <string>

#include "loadgen/plan.h"
#include "os/available_memory.h"

namespace threadmill::load {

/// What there is to be had. The defaults stand for "no limit", so that a test sets only what it is about.
struct Limits {
  std::uint64_t descriptors = UINT64_MAX;  ///< RLIMIT_NOFILE
  std::uint32_t ports = 65'536;            ///< of one source address towards one target; see os/local_ports.h
  os::AvailableMemory memory = {};
};

/// The limits of this machine and process. Raises the soft limit of open files to the hard one first.
Limits read_limits();

// Each: one line that names the limit and the remedy if it cannot carry the plan and its bystanders. Pure.

std::optional<std::string> descriptor_shortage(const Plan& plan, const Limits& limits);
/// Only a target in 127.0.0.0/8 has more than one source address.
std::optional<std::string> port_shortage(const Plan& plan, const Limits& limits);
/// By estimate_memory().
std::optional<std::string> memory_shortage(const Plan& plan, const Limits& limits);

/// The first of these that there is.
std::optional<std::string> shortage(const Plan& plan, const Limits& limits);

}  // namespace threadmill::load
