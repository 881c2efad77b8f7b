#include "harness/process/tree_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/process/descendants.h"
#include "harness/process/proc_file.h"

namespace threadmill::harness {
namespace {

constexpr std::size_t kBase = 256;
constexpr std::size_t kPerConnection = 4;

// proc(5), /proc/loadavg: "0.20 0.18 0.12 1/80 11206" ends with the newest process or thread. Pids are given
// in ascending order, so what it has grown by bounds the forks, of whomever; how many there are tells
// nothing, since others' may have ended meanwhile. Finding the tree of a server with thousands of processes
// costs far more than this one file.
std::int64_t newest_pid() {
  const auto text = read_proc_file("/proc/loadavg");
  const auto space = text.rfind(' ');
  return space == std::string::npos ? 0 : std::strtoll(text.c_str() + space + 1, nullptr, 10);
}

// Where pids begin anew.
std::int64_t most_pids() {
  static const std::int64_t most =
      std::max(1LL, std::atoll(read_proc_file("/proc/sys/kernel/pid_max").c_str()));
  return most;
}

}  // namespace

std::size_t most_processes(std::size_t connections) { return kBase + kPerConnection * connections; }

TreeGuard::TreeGuard(std::size_t connections)
    : connections_(connections),
      most_(most_processes(connections)),
      newest_pid_(newest_pid()),
      counted_(count_descendants()) {}

void TreeGuard::look() {
  if (has_struck()) return;
  const auto newest = newest_pid();
  const auto grown = newest - newest_pid_;
  forks_ += static_cast<std::size_t>(grown < 0 ? grown + most_pids() : grown);
  newest_pid_ = newest;
  // Where the file tells nothing, the tree has to be counted each time.
  if (newest > 0 && counted_ + forks_ <= most_) return;
  counted_ = count_descendants();
  forks_ = 0;
  if (counted_ <= most_) return;
  found_ = counted_;
  kill_descendants();
}

std::string TreeGuard::describe() const {
  return fmt::format(
      "the server forks wildly: {} processes, of {} at the most ({}, and {} for each of {} "
      "connections)",
      found_, most_, kBase, kPerConnection, connections_);
}

}  // namespace threadmill::harness
